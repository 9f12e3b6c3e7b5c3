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
import type { Config } from "./config-shape.ts";
import { configPath, readMode } from "./place.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

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
