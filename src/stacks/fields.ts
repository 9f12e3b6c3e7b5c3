import { readDefaults } from "#connectors/dokploy/defaults.ts";
import type { Connection, Connections } from "#core/connection.ts";
import { connection } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import { readCertificate, readDomains } from "./domains.ts";
import { variableNames } from "./env-lines.ts";
import type { MoreDomain } from "./input.ts";
import { readName } from "./read-name.ts";
import { assertNotOwn, assertNotTaken } from "./reserved.ts";
import { serverOf } from "./server.ts";

/** What every form about stacks asks. */

const orNull = (typed: string): string | null => (typed === "" ? null : typed);

export const dokployConnection = (label: string, from: Connections) =>
  connection("connection", label, {
    from,
    kind: "dokploy",
    what: "Dokploy connections",
    whenEmpty: "There is no Dokploy connection yet. Add one under Connections, then come back.",
    builtInMark: "no server needed",
  });

export const newName = text("name", "Stack name", {
  help: "3 to 20 lower case letters, digits and hyphens. The host is this name and the connection's domain suffix. An existing stack of this name is updated.",
  required: true,
  autocomplete: "off",
  read: readName,
});

export const variables = (tells: (typed: string) => string[] = variableNames) =>
  [
    secret("env", "Environment variables", {
      help: "One NAME=value per line, kept sealed. What stands behind = arrives byte for byte; quotes around all of it are taken off and may hold several lines. Others that an existing stack has stay.",
      multiline: true,
      tells,
    }),
    text("removedVariables", "Variables to take out", {
      help: "Names, with spaces between them.",
      placeholder: "OLD_TOKEN DEBUG",
      read: readNames,
    }),
    checkbox("replaceVariables", "Take out all variables that are not given here"),
  ] as const;

export const keepFailed = checkbox("keepFailed", "Keep a stack that failed", {
  help: "To look at it. Otherwise what this run made is removed again when it fails, and what it changed is put back.",
});

export const domains = group("More domains and certificates", [
  text("certificate", "Certificate of the stack's own host", {
    placeholder: "letsencrypt",
    help: "Empty: Let's Encrypt. “traefik”: one that Traefik has been given, such as one for all names of a domain. Any other word: a certificate resolver of that name in Traefik.",
    read: readCertificate,
  }),
  text("moreDomains", "More domains", {
    multiline: true,
    placeholder: "shop.example.org port=3000 certificate=cloudflare",
    help: "One host per line; behind it, where wanted, /path, port=, certificate=, and http or https, which is as for the stack's own host unless told.",
    read: readDomains,
  }),
]);

export const environment = text("environment", "Environment", {
  placeholder: "production",
  help: "Is created when the project has none of that name. Empty: the project's default one.",
  read: orNull,
});

export const server = text("server", "Server", {
  help: "As it is called in Dokploy. Empty: Dokploy's own.",
  read: orNull,
});

const readPath = (path: string): string => {
  if (/^\/[\x21-\x7e]*$/.test(path) && !path.startsWith("//")) return path;
  throw wrong("healthPath", "The path of the health check must begin with a slash, like /healthz");
};

export const health = group("Port and health check", [
  number("port", "Container port", { help: "Empty: the connection's.", min: 1, max: 65_535 }),
  checkbox("loginIsHealthy", "A page that asks for a login (401, 403) is healthy"),
  text("healthPath", "Path of the health check", { preset: "/", read: readPath }),
  number("healthEvery", "Look every", { preset: 5, min: 0.01, max: 300, unit: "s", fractions: true }),
  number("healthTimeout", "Give up after", { preset: 60, min: 0.01, max: 3_600, unit: "s", fractions: true }),
]);

interface Given {
  connection: Connection;
  name: string;
  port: number | null;
  env: string[];
  removedVariables: string[];
  moreDomains: MoreDomain[];
  healthEvery: number;
  healthTimeout: number;
}

/** What follows from the connection and from what every form asks. Throws AppError("bad-input") for a name or host that is not to be had. */
export const placed = async (connections: Connections, given: Given) => {
  // Opened and not only listed: a server that Milepost brings along tells its ports when it runs.
  const { values } = await connections.open(given.connection.id);
  const { image, keptFolder, ...defaults } = readDefaults(values);
  assertNotTaken(given.name, defaults.domainSuffix, values.baseUrl ?? "");
  assertNotOwn(given.moreDomains, values.baseUrl ?? "");
  return {
    usual: { image, keptFolder },
    where: {
      ...serverOf(given.connection),
      ...defaults,
      port: given.port ?? defaults.port,
      variables: given.env,
      removedVariables: given.removedVariables.filter((name) => !given.env.includes(name)),
      healthEveryMs: given.healthEvery * 1000,
      healthTimeoutMs: given.healthTimeout * 1000,
    },
  };
};

const readNames = (typed: string): string[] => {
  const names = typed.split(/[\s,]+/).filter((name) => name !== "");
  const odd = names.find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (odd === undefined) return names;
  throw wrong("removedVariables", `“${odd}” is no name of a variable.`);
};
