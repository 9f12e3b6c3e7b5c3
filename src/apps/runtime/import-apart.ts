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

/** Imports in a process of its own, as an app that stands alone does. */
export const importApart =
  (file: string, schema: AppSchema): ImportRows =>
  (wish) =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(new URL("./import-child.ts", import.meta.url)), {
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
      child.send({ file, schema, ...wish });
    });
