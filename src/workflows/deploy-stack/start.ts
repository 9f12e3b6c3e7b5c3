import { readDefaults, readImage } from "#connectors/dokploy/defaults.ts";
import { connection } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { StackDeps, StackInput } from "./deps.ts";
import { variableNames } from "./env-lines.ts";
import { readName } from "./read-name.ts";
import { assertNotTaken } from "./reserved.ts";

/** Asks for a name; everything else has a default, the connection's own where it has one. */
export const startStack = ({ connections }: Pick<StackDeps, "connections">) =>
  start({
    fields: [
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
      health,
    ],
    submit: "Deploy",
    input: async ({
      connection,
      image,
      port,
      env,
      removedVariables,
      healthEvery,
      healthTimeout,
      ...given
    }): Promise<StackInput> => {
      // Opened and not only listed: a server that Milepost brings along tells its ports when it runs.
      const { values } = await connections.open(connection.id);
      const { image: usual, ...defaults } = readDefaults(values);
      const chosen = image ?? usual;
      assertNotTaken(given.name, defaults.domainSuffix, values.baseUrl ?? "");
      if (chosen === null) throw wrong("image", "Give a Docker image: the connection has no default one.");
      return {
        connectionId: connection.id,
        connectionName: connection.name,
        ...given,
        ...defaults,
        image: chosen,
        port: port ?? defaults.port,
        variables: env,
        removedVariables: removedVariables.filter((name) => !env.includes(name)),
        healthEveryMs: healthEvery * 1000,
        healthTimeoutMs: healthTimeout * 1000,
      };
    },
    subject: ({ name, connectionName }) => `${name} · ${connectionName}`,
    lock: ({ connectionId, name }) => `stack:${connectionId}/${name}`,
    onFailure: ({ keepFailed }) => (keepFailed ? "stop" : "undo"),
  });

const readNames = (typed: string): string[] => {
  const names = typed.split(/[\s,]+/).filter((name) => name !== "");
  const odd = names.find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (odd === undefined) return names;
  throw wrong("removedVariables", `“${odd}” is no name of a variable.`);
};

const readPath = (path: string): string => {
  if (/^\/[\x21-\x7e]*$/.test(path) && !path.startsWith("//")) return path;
  throw wrong("healthPath", "The path of the health check must begin with a slash, like /healthz");
};

const health = group("Port and health check", [
  number("port", "Container port", { help: "Empty: the connection's.", min: 1, max: 65_535 }),
  checkbox("loginIsHealthy", "A page that asks for a login (401, 403) is healthy"),
  text("healthPath", "Path of the health check", { preset: "/", read: readPath }),
  number("healthEvery", "Look every", { preset: 5, min: 0.01, max: 300, unit: "s", fractions: true }),
  number("healthTimeout", "Give up after", { preset: 60, min: 0.01, max: 3_600, unit: "s", fractions: true }),
]);
