import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { readRaw } from "./config-file.ts";
import { home } from "./place.ts";

/** The gateway's log of today; like the real one JSON lines, but below the scratch home unless `logging.file` says otherwise. */
export const logFile = (): string => {
  const day = new Date().toLocaleDateString("sv");
  return readRaw()?.logging?.file ?? join(home, "tmp", "openclaw", `openclaw-${day}.log`);
};

export type Level = "INFO" | "WARN" | "ERROR";

export const writeLog = (subsystem: string, message: string, level: Level = "INFO"): void => {
  const path = logFile();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const time = new Date().toISOString().replace("Z", "+00:00");
  const line = {
    "0": JSON.stringify({ subsystem }),
    "1": message,
    _meta: { runtime: "node", logLevelName: level, date: time },
    time,
    hostname: hostname(),
    message,
  };
  appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
};

/** The last lines, oldest first. */
export const lastLines = (limit: number): { file: string; size: number; lines: string[] } => {
  const file = logFile();
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n").filter((line) => line !== "");
  return { file, size: Buffer.byteLength(text), lines: lines.slice(-limit) };
};
