import { Worker } from "node:worker_threads";
import type { ExamineOrder, Told } from "#authored/examine.ts";
import { examineFile } from "#authored/examine-file.ts";
import { createLoader } from "#authored/loader.ts";
import { createKits } from "#kits/kits.ts";
import { nothing } from "#kits/machine.ts";
import * as surface from "#kits/milepost.ts";

/** Loads workflows' files, one after the other, in a process that they may end or hold up. */
const say = (told: Told) =>
  new Promise<void>((resolve) => process.send?.(told, undefined, undefined, () => resolve()));

/** Its file is to be blamed, with the line. */
process.exit = () => {
  throw new Error("It calls process.exit(), which would end Milepost.");
};

const floating: unknown[] = [];
process.on("unhandledRejection", (reason) => floating.push(reason));
process.on("uncaughtException", (error) => floating.push(error));

process.once("message", async ({ folder, files }: ExamineOrder) => {
  // A step is only defined here and never run.
  const milepost = { ...surface, ...createKits(nothing) };
  const loader = createLoader({ milepost, root: folder, importUrl: (url) => import(url) });
  const watcher = new Worker(new URL("../authored/busy-worker.ts", import.meta.url), { workerData: folder });
  watcher.unref();
  for (const file of files) {
    await say({ kind: "begins", file });
    watcher.postMessage(file);
    const examined = await examineFile(loader, folder, file, floating);
    watcher.postMessage(null);
    await say(examined);
  }
  process.disconnect?.();
  process.kill(process.pid, "SIGKILL");
});
