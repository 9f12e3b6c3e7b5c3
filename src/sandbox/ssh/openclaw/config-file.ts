import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { Refusal } from "./answer.ts";
import { validate } from "./config-rules.ts";
import { configPath, readMode } from "./place.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Account {
  enabled?: boolean;
  botToken?: string;
  tokenFile?: string;
}
export interface Agent {
  id?: string;
  name?: string;
  workspace?: string;
  agentDir?: string;
  identity?: { name?: string; emoji?: string; theme?: string; avatar?: string };
}
export interface Binding {
  /** Missing in those that OpenClaw writes by itself. */
  type?: "route";
  agentId: string;
  match: { channel: string; accountId: string };
}
export interface Owner {
  agentId: string;
}
/** The parts of openclaw.json that the stand-in works with; the rest is kept as it is. */
export interface Config {
  agents?: {
    defaults?: { workspace?: string; systemAgent?: Owner; heartbeat?: Owner };
    ownership?: string;
    entries?: Record<string, Agent>;
    list?: Agent[];
  };
  plugins?: { entries?: Record<string, { enabled?: boolean }> };
  gateway?: { port?: number; auth?: { token?: string } };
  logging?: { file?: string };
  channels?: { telegram?: { enabled?: boolean; accounts?: Record<string, Account> } };
  bindings?: Binding[];
  talk?: Partial<Owner>;
  meta?: { lastTouchedVersion?: string };
}

/** The configuration without a word about whether it is valid; null when there is none. */
export const readRaw = (): Config | null => {
  if (!existsSync(configPath)) return null;
  if (!lstatSync(configPath).isFile()) throw new Refusal(`${configPath} must be a regular file`);
  try {
    return JSON.parse(readFileSync(configPath, "utf8")) as Config;
  } catch {
    throw new Refusal(`${configPath} is not valid JSON5`);
  }
};

/** The valid configuration. As in the real program every command refuses to go on with one that is not. */
export const readConfig = (): Config => {
  const config = readRaw() ?? {};
  const [issue] = validate(config);
  if (issue !== undefined) throw new Refusal(`Config invalid: ${issue.path}: ${issue.message}`);
  return config;
};

/** Reads, lets `change` alter it, checks and writes: one at a time, mode 600, the former ones in the ring of .bak files. */
export const changeConfig = <T>(change: (config: Config) => T): T => {
  const unlock = lock();
  try {
    const config = readConfig();
    const result = change(config);
    const [issue] = validate(config);
    if (issue !== undefined) throw new Refusal(`Config validation failed: ${issue.path}: ${issue.message}`);
    config.meta = { ...config.meta, lastTouchedVersion: readMode().version };
    writeConfig(config);
    return result;
  } finally {
    unlock();
  }
};

const ring = ["", ".1", ".2", ".3", ".4"].map((suffix) => `${configPath}.bak${suffix}`);

const writeConfig = (config: Config): void => {
  mkdirSync(dirname(configPath), { recursive: true, mode: 0o700 });
  for (let i = ring.length - 1; i > 0; i--) {
    const [older, newer] = [ring[i] ?? "", ring[i - 1] ?? ""];
    if (existsSync(newer)) renameSync(newer, older);
  }
  if (existsSync(configPath)) copyFileSync(configPath, ring[0] ?? "");
  const part = `${configPath}.${process.pid}.tmp`;
  writeFileSync(part, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(part, configPath);
  copyFileSync(configPath, `${configPath}.last-good`);
};

const lockPatienceMs = 10_000;

/** A folder is the lock: making one is atomic. One that is older than the patience was left by a killed process. */
const lock = (): (() => void) => {
  const path = `${configPath}.lock`;
  mkdirSync(dirname(configPath), { recursive: true, mode: 0o700 });
  for (const begun = Date.now(); ; ) {
    try {
      mkdirSync(path);
      return () => rmdirSync(path);
    } catch (thrown) {
      if (Date.now() - begun > lockPatienceMs) throw thrown;
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > lockPatienceMs) rmdirSync(path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
};
