import type { BlockList } from "node:net";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Retention } from "#core/retention.ts";
import type { S3Place } from "#store/s3-files.ts";
import type { Limits } from "#web/limits.ts";
import { databaseAddress } from "./database-address.ts";
import { type OidcConfig, readOidc } from "./oidc-config.ts";
import { readProxies } from "./read-proxies.ts";

/** Everything that can be set from outside. Only this file reads the environment. */
export interface Config {
  host: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** The address of a PostgreSQL database, postgres://…; null: SQLite, in the data folder. */
  database: string | null;
  /** Where saved files are kept; null: in the data folder. */
  files: S3Place | null;
  /** What this process does where several share a database: answer people, work on runs, or both. */
  role: Role;
  /** Where people's own workflows lie. Absolute; it need not be there. */
  workflowsDir: string;
  /** A token that programs may use, set by whoever deploys; null: none. */
  apiToken: string | null;
  /** Where people reach this server, the first one first: "https://example.org/milepost/"; none: where it listens. */
  publicUrls: readonly URL[];
  /** The proxies in front that say from where people come. */
  proxies: BlockList;
  /**
   * Where generated apps are served by themselves: a port of its own, and how people reach it, or a host name for each below `hostsBelow`
   * ("https://apps.example.org"); null: below Milepost's pages.
   */
  apps: { port: number; url: URL | null } | { hostsBelow: URL } | null;
  /** Where people sign in besides here; null: nowhere. */
  oidc: OidcConfig | null;
  /** What seals secrets, 32 bytes; null: it lies with the data. */
  key: Uint8Array | null;
  /** Whether the servers that Milepost brings along are offered as "This machine". */
  sandbox: boolean;
  /** What one person may take of this server. */
  limits: Limits & { runs: number };
  /** Absolute path of an ssh_config for connections to servers; null: none. */
  sshConfig: string | null;
  /** How long runs are kept until people say otherwise, and when the rest is taken away. */
  keep: Pick<Retention, "hour" | "usual">;
  /** What a new Dokploy connection is filled in with; null: nothing. */
  stack: { image: string | null; domainSuffix: string | null };
}

const roles = ["all", "web", "worker"] as const;
export type Role = (typeof roles)[number];

const port = z.coerce.number().int().min(0).max(65_535);

/** Reads the configuration; throws an Error whose message is a sentence for the person at the terminal. */
export const readConfig = (env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): Config => {
  const read = port.safeParse(env.PORT || "3000");
  if (!read.success) throw new Error(`PORT must be a number from 0 to 65535, not "${env.PORT}".`);
  const apiToken = env.MILEPOST_API_TOKEN || null;
  if (apiToken !== null && apiToken.length < 32) {
    throw new Error(
      "MILEPOST_API_TOKEN must have at least 32 characters, because whoever guesses it can do everything. “openssl rand -base64 32” makes one.",
    );
  }
  const dataDir = resolve(cwd, env.MILEPOST_DATA || "data");
  return {
    host: env.HOST || "127.0.0.1",
    port: read.data,
    dataDir,
    database: readDatabase(env),
    files: readFiles(env),
    role: readRole(env),
    workflowsDir: resolve(cwd, env.MILEPOST_WORKFLOWS || join(dataDir, "../workflows")),
    apiToken,
    publicUrls: readUrls(env.MILEPOST_URL ?? ""),
    proxies: readProxies(env.MILEPOST_PROXIES ?? ""),
    apps: readApps(env),
    oidc: readOidc(env),
    key: readKey("MILEPOST_KEY", env.MILEPOST_KEY),
    sandbox: readSwitch("MILEPOST_SANDBOX", env.MILEPOST_SANDBOX),
    limits: {
      streams: readMost("MILEPOST_MOST_STREAMS", env.MILEPOST_MOST_STREAMS, 50),
      requestsPerSecond: readMost("MILEPOST_MOST_REQUESTS", env.MILEPOST_MOST_REQUESTS, 1_000),
      runs: readMost("MILEPOST_MOST_RUNS", env.MILEPOST_MOST_RUNS, 5_000),
    },
    sshConfig: env.MILEPOST_SSH_CONFIG ? resolve(cwd, env.MILEPOST_SSH_CONFIG) : null,
    keep: readKeep(env),
    stack: { image: env.STACK_IMAGE || null, domainSuffix: env.STACK_DOMAIN_SUFFIX || null },
  };
};

const readDatabase = (env: NodeJS.ProcessEnv): string | null => {
  if (!env.MILEPOST_DATABASE) return null;
  const address = readDatabaseAddress(env.MILEPOST_DATABASE, env);
  if (address !== null) return address;
  // The address holds a password, so that it is not repeated.
  throw new Error(
    "MILEPOST_DATABASE must be the address of a PostgreSQL database, such as postgres://milepost:PASSWORD@db.example.org/milepost, with no other sslmode at its end than verify-full or disable. Without it, everything is kept with SQLite in the data folder.",
  );
};

/** Null for what is no address of a PostgreSQL; see `databaseAddress`. */
export const readDatabaseAddress = (text: string, env: NodeJS.ProcessEnv = process.env): string | null =>
  databaseAddress(text, env.PGSSLMODE);

const readFiles = (env: NodeJS.ProcessEnv): S3Place | null => {
  const { MILEPOST_FILES = "", MILEPOST_FILES_KEY = "", MILEPOST_FILES_REGION } = env;
  if (MILEPOST_FILES === "") return null;
  const [, accessKey, secretKey] = /^([^:\s]+):(\S+)$/.exec(MILEPOST_FILES_KEY) ?? [];
  const url = URL.canParse(MILEPOST_FILES) ? new URL(MILEPOST_FILES) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    throw new Error(
      "MILEPOST_FILES must be the address of a bucket, such as https://s3.example.org/milepost. Without it, files are kept in the data folder.",
    );
  if (accessKey === undefined || secretKey === undefined)
    throw new Error("MILEPOST_FILES needs MILEPOST_FILES_KEY: the access key, a colon and the secret key.");
  return { url, accessKey, secretKey, region: MILEPOST_FILES_REGION || "auto" };
};

const readRole = (env: NodeJS.ProcessEnv): Role => {
  const given = env.MILEPOST_ROLE || "all";
  const role = roles.find((one) => one === given);
  if (role === undefined) throw new Error(`MILEPOST_ROLE must be "all", "web" or "worker", not "${given}".`);
  if (role !== "all" && !env.MILEPOST_DATABASE)
    throw new Error(
      `MILEPOST_ROLE=${role} needs a PostgreSQL that several processes share: name it with MILEPOST_DATABASE.`,
    );
  return role;
};

const readKeep = (env: NodeJS.ProcessEnv): Config["keep"] => {
  const read = (name: "MILEPOST_KEEP_DAYS" | "MILEPOST_KEEP_RUNS" | "MILEPOST_KEEP_LOG_DAYS") => {
    const most = readMost(name, env[name], Number.POSITIVE_INFINITY);
    return most === Number.POSITIVE_INFINITY ? null : most;
  };
  const hour = env.MILEPOST_CLEAN_HOUR || "3";
  if (!/^([01]?\d|2[0-3])$/.test(hour))
    throw new Error(`MILEPOST_CLEAN_HOUR must be an hour of the day, from 0 to 23, not "${hour}".`);
  const [days, runs, logDays] = [
    read("MILEPOST_KEEP_DAYS"),
    read("MILEPOST_KEEP_RUNS"),
    read("MILEPOST_KEEP_LOG_DAYS"),
  ];
  return { hour: Number(hour), usual: { days, runs, logDays, exports: false } };
};

/** Where the verbs of the command line find Milepost, and who they are; no `url`: the server of `dataDir`. */
export const readClientConfig = (
  env: NodeJS.ProcessEnv = process.env,
  cwd = process.cwd(),
): { url: URL | null; token: string | null; dataDir: string } => ({
  url: readUrls(env.MILEPOST_URL ?? "")[0] ?? null,
  token: env.MILEPOST_TOKEN || env.MILEPOST_API_TOKEN || null,
  dataDir: resolve(cwd, env.MILEPOST_DATA || "data"),
});

/** Cookies know names and no ports: the session that was begun at one holds at the other. */
const readApps = (env: NodeJS.ProcessEnv): Config["apps"] => {
  const { MILEPOST_APPS_PORT, MILEPOST_APPS_URL, MILEPOST_APPS_HOST, MILEPOST_URL } = env;
  if (MILEPOST_APPS_HOST)
    return { hostsBelow: readHostsBelow(MILEPOST_APPS_HOST, readUrls(MILEPOST_URL ?? "")) };
  if (!MILEPOST_APPS_PORT) return null;
  const read = port.safeParse(MILEPOST_APPS_PORT);
  if (!read.success)
    throw new Error(`MILEPOST_APPS_PORT must be a number from 0 to 65535, not "${MILEPOST_APPS_PORT}".`);
  const url = MILEPOST_APPS_URL ? readUrl(MILEPOST_APPS_URL) : null;
  const ofMilepost = readUrls(MILEPOST_URL ?? "");
  if (ofMilepost.length === 0 && url === null) return { port: read.data, url };
  if (url === null || !ofMilepost.some(({ hostname }) => hostname === url.hostname))
    throw new Error(
      "With MILEPOST_APPS_PORT and MILEPOST_URL, MILEPOST_APPS_URL must be the address under which people reach that port: the same host name and another port, such as https://milepost.example.org:8443.",
    );
  return { port: read.data, url };
};

/** One of Milepost's own names below it would be taken for an app's. */
const readHostsBelow = (given: string, ofMilepost: readonly URL[]): URL => {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isName =
    url !== null && url.href === `${url.origin}/` && /^[a-z0-9.-]*[a-z][a-z0-9-]*$/.test(url.hostname);
  const [first] = ofMilepost;
  if (
    !isName ||
    first?.protocol !== url.protocol ||
    ofMilepost.some(({ hostname }) => `.${hostname}`.endsWith(`.${url.hostname}`))
  )
    throw new Error(
      `MILEPOST_APPS_HOST must be an address such as https://apps.milepost.example.org, below which each app has a name of its own. It needs MILEPOST_URL, has no path, begins with https where that does, and Milepost itself may not be below it. It is "${given}".`,
    );
  return url;
};

const readUrls = (given: string): URL[] => {
  const urls = given
    .split(/[\s,]+/)
    .filter((one) => one !== "")
    .map(readUrl);
  if (new Set(urls.map(({ pathname }) => pathname)).size <= 1) return urls;
  throw new Error(
    `The addresses in MILEPOST_URL must all have the same path, but there are several in "${given}".`,
  );
};

const readUrl = (given: string): URL => {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isPlain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (url === null || !isPlain || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new Error(
      `MILEPOST_URL must be an address such as https://milepost.example.org or https://example.org/milepost/, not "${given}".`,
    );
  url.pathname = url.pathname.replace(/\/*$/, "/");
  return url;
};

/** The key that shall seal secrets from now on; null: a new one that lies with the data. */
export const readNewKey = (env: NodeJS.ProcessEnv = process.env): Uint8Array | null =>
  readKey("MILEPOST_NEW_KEY", env.MILEPOST_NEW_KEY);

const readKey = (name: string, given: string | undefined): Uint8Array | null => {
  if (given === undefined || given === "") return null;
  const key = Buffer.from(given, "base64");
  if (key.length === 32) return key;
  throw new Error(`${name} must be 32 bytes in base64, as “openssl rand -base64 32” makes them.`);
};

const readMost = (name: string, given: string | undefined, usual: number): number => {
  if (given === undefined || given === "") return usual;
  if (given === "off") return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new Error(
    `${name} must be a number such as ${Number.isFinite(usual) ? usual : 30}, or "off" for no limit, not "${given}".`,
  );
};

const readSwitch = (name: string, given: string | undefined): boolean => {
  if (given === undefined || given === "" || given === "on") return true;
  if (given === "off") return false;
  throw new Error(`${name} must be "on" or "off", not "${given}".`);
};

/** What processes of our own are started with: the settings of the server, its API token among them, are not theirs. */
export const childEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MILEPOST_")));
