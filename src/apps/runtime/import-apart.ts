import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  type ImportOutcome,
  type ImportRows,
  importFailure,
  importLimitMs,
  importMemoryMb,
  resultOf,
} from "./import-order.ts";
import { Refusal } from "./refusal.ts";
import type { AppSchema } from "./schema.ts";

/** Imports in a process of its own, which runs `entry` and knows how to open what is `at` there. An app that stands alone says its file. */
export const importApart =
  (at: object, schema: AppSchema, entry = new URL("./import-child.ts", import.meta.url)): ImportRows =>
  (wish) =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(entry), {
        execArgv: [...process.execArgv, `--max-old-space-size=${importMemoryMb}`],
      });
      const limit = setTimeout(() => child.kill("SIGKILL"), importLimitMs);
      let outcome: ImportOutcome | null = null;
      child.once("message", ({ result }: { result: ImportOutcome }) => {
        outcome = result;
      });
      child.once("error", reject);
      child.once("close", () => {
        clearTimeout(limit);
        try {
          if (outcome === null) throw new Refusal("too-large", `${importFailure}: they are too much work.`);
          resolve(resultOf(outcome));
        } catch (refusal) {
          reject(refusal);
        }
      });
      child.send({ at, schema, ...wish });
    });
