import { parse as parseEnv } from "dotenv";
import { parse } from "yaml";
import { z } from "zod";
import type { ComposeSpec } from "./compose-containers.ts";
import { readEnv } from "./env.ts";
import type { ComposeRow, Tables } from "./rows.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const service = z.looseObject({
  image: z.string(),
  container_name: z.string().optional(),
  environment: z.union([z.array(z.string()), z.record(z.string(), scalar)]).optional(),
  env_file: z.unknown().optional(),
  restart: z.union([z.string(), z.boolean()]).optional(),
  scale: z.number().optional(),
  deploy: z.looseObject({ replicas: z.number().optional() }).nullish(),
  profiles: z.array(z.string()).optional(),
});
const file = z.looseObject({ services: z.record(z.string(), service) });

/**
 * The containers that a compose service's file asks for, its variables filled in. A line for the log when Dokploy or Docker Compose would
 * refuse it.
 */
export const readCompose = (tables: Tables, compose: ComposeRow): ComposeSpec[] | string => {
  const env = readEnv(tables, compose);
  if (typeof env === "string") return env;
  const variables = Object.fromEntries([
    ["APP_NAME", compose.appName],
    ["COMPOSE_PROJECT_NAME", compose.appName],
    ...env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  ]);
  let raw: unknown;
  try {
    raw = parse(compose.composeFile, { maxAliasCount: 10_000, merge: true });
  } catch (thrown) {
    return `❌ Has occurred an error: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  const read = file.safeParse(filled(raw, variables));
  if (!read.success) return `validating docker-compose.yml: ${read.error.issues[0]?.message}`;
  const lost = tables.domains.find(
    ({ composeId, serviceName }) =>
      composeId === compose.composeId && !Object.hasOwn(read.data.services, serviceName ?? ""),
  );
  if (lost !== undefined)
    return `❌ Has occurred an error: Domain "${lost.host}" is attached to service "${lost.serviceName}" which does not exist in the compose`;
  return Object.entries(read.data.services).flatMap(([name, one]) =>
    (one.profiles ?? []).length > 0
      ? []
      : Array.from({ length: one.deploy?.replicas ?? one.scale ?? 1 }, (_, at) => {
          const own = environmentOf(one, variables, compose.env ?? "");
          return {
            name: one.container_name ?? `${compose.appName}-${name}-${at + 1}`,
            service: name,
            image: one.image,
            env: own,
            restarts: one.restart !== undefined && one.restart !== "no" && one.restart !== false,
            hash: JSON.stringify([one, own]),
          };
        }),
  );
};

const environmentOf = (
  { environment = [], env_file }: z.infer<typeof service>,
  variables: Record<string, string>,
  text: string,
): string[] => {
  const own = Array.isArray(environment)
    ? environment.map((line) => (line.includes("=") ? line : `${line}=${variables[line] ?? ""}`))
    : Object.entries(environment).map(([name, value]) => `${name}=${value ?? variables[name] ?? ""}`);
  const all =
    env_file === undefined ? [] : Object.keys(parseEnv(text)).map((name) => `${name}=${variables[name]}`);
  return [...all, ...own];
};

/** Docker Compose's own replacement of variables, as far as ${NAME}, ${NAME:-else}, $NAME and $$. */
const filled = (value: unknown, variables: Record<string, string>): unknown => {
  if (Array.isArray(value)) return value.map((one) => filled(one, variables));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, variables)]));
  if (typeof value !== "string") return value;
  return value.replace(
    /\$\$|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (whole, braced?: string, otherwise?: string, bare?: string) =>
      whole === "$$" ? "$" : variables[braced ?? bare ?? ""] || otherwise || "",
  );
};
