import { readDefaults, readImage } from "#connectors/dokploy/defaults.ts";
import { connection } from "#core/field-choices.ts";
import { checkbox, secret, text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { readName } from "#stacks/read-name.ts";
import { serverOf, stackLock } from "#stacks/server.ts";
import { domains, health, kept, registry, size } from "./details.ts";
import { variableNames } from "./env-lines.ts";
import type { StackInput } from "./input.ts";
import { assertNotOwn, assertNotTaken } from "./reserved.ts";
import { readVolumes } from "./volumes.ts";

/** Asks for a name; everything else has a default, the connection's own where it has one. */
export const startStack = ({ connections }: Pick<StackDeps, "connections">) =>
  start<Asked, StackInput>({
    fields: asked(connections),
    submit: "Deploy",
    input: async ({
      connection,
      image,
      port,
      env,
      removedVariables,
      healthEvery,
      healthTimeout,
      volumes,
      registryUser,
      registryUrl,
      registryPassword,
      ...given
    }): Promise<StackInput> => {
      // Opened and not only listed: a server that Milepost brings along tells its ports when it runs.
      const { values } = await connections.open(connection.id);
      const { image: usual, keptFolder, ...defaults } = readDefaults(values);
      const chosen = image ?? usual;
      assertNotTaken(given.name, defaults.domainSuffix, values.baseUrl ?? "");
      assertNotOwn(given.moreDomains, values.baseUrl ?? "");
      if (registryUser === "" && registryUrl !== "")
        throw wrong("registryUser", "Give the user as well, or leave the registry's address empty.");
      if (registryUser !== "" && !registryPassword)
        throw wrong("registryPassword", "Give the password as well, or leave the registry's user empty.");
      if (chosen === null) throw wrong("image", "Give a Docker image: the connection has no default one.");
      return {
        ...serverOf(connection),
        ...given,
        ...defaults,
        image: chosen,
        volumes: (volumes ?? readVolumes(keptFolder ?? ""))(given.name),
        registry: registryUser === "" ? null : { username: registryUser, url: registryUrl || null },
        port: port ?? defaults.port,
        variables: env,
        removedVariables: removedVariables.filter((name) => !env.includes(name)),
        healthEveryMs: healthEvery * 1000,
        healthTimeoutMs: healthTimeout * 1000,
      };
    },
    subject: ({ name, connectionName }) => `${name} · ${connectionName}`,
    lock: stackLock,
    onFailure: ({ keepFailed }) => (keepFailed ? "stop" : "undo"),
  });

type Asked = ReturnType<typeof asked>[number];

const asked = (connections: StackDeps["connections"]) =>
  [
    connection("connection", "Where to?", {
      from: connections,
      kind: "dokploy",
      what: "Dokploy connections",
      whenEmpty: "There is no Dokploy connection yet. Add one under Connections, then come back.",
      builtInMark: "no server needed",
    }),
    text("name", "Stack name", {
      help: "3 to 20 lower case letters, digits and hyphens. The host is this name and the connection's domain suffix. An existing stack of this name is updated.",
      required: true,
      autocomplete: "off",
      read: readName,
    }),
    text("image", "Docker image", {
      help: "Empty: the connection's default.",
      placeholder: async () => {
        const [only, ...others] = await connections.list("dokploy");
        return others.length === 0 ? only?.values.image || undefined : undefined;
      },
      read: (typed) => (typed === "" ? null : readImage(typed)),
    }),
    secret("env", "Environment variables", {
      help: "One NAME=value per line, kept sealed. What stands behind = arrives byte for byte; quotes around all of it are taken off and may hold several lines. Others that an existing stack has stay.",
      multiline: true,
      tells: variableNames,
    }),
    text("removedVariables", "Variables to take out", {
      help: "Names, with spaces between them.",
      placeholder: "OLD_TOKEN DEBUG",
      read: readNames,
    }),
    checkbox("replaceVariables", "Take out all variables that are not given here"),
    checkbox("keepFailed", "Keep a stack that failed", {
      help: "To look at it. Otherwise what this run made is removed again when it fails, and what it changed is put back.",
    }),
    kept,
    domains,
    registry,
    size,
    health,
  ] as const;

const readNames = (typed: string): string[] => {
  const names = typed.split(/[\s,]+/).filter((name) => name !== "");
  const odd = names.find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (odd === undefined) return names;
  throw wrong("removedVariables", `“${odd}” is no name of a variable.`);
};
