import { Session } from "node:inspector";
import { parentPort, workerData } from "node:worker_threads";
import type { Told } from "./examine.ts";
import { placeOf } from "./place.ts";

/** Tells where the main thread is when it computes for so long, which by then cannot say anything itself. */
const busyMs = 1_200;
const lookEveryMs = 200;

const folder = workerData as string;
let begunAt: NodeJS.CpuUsage | null = null;

parentPort?.on("message", (file: string | null) => {
  begunAt = file === null ? null : process.cpuUsage();
});

const parent = process.ppid;

setInterval(() => {
  // Whoever began this is gone, however that ended, and a main thread that computes cannot hear of it.
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  if (begunAt === null || process.cpuUsage(begunAt).user < busyMs * 1_000) return;
  begunAt = null;
  lookWhere();
}, lookEveryMs);

const lookWhere = (): void => {
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => void urls.set(scriptId, url));
  session.once("Debugger.paused", ({ params: { callFrames } }) => {
    const stack = callFrames
      .map(({ location: { scriptId, lineNumber } }) => `${urls.get(scriptId)}:${lineNumber + 1}`)
      .join("\n");
    const told: Told = { kind: "busy-at", place: placeOf(stack, folder) };
    // The channel is the main thread's, which stands still here and so lends it.
    const expression = `globalThis.process.send(${JSON.stringify(told)})`;
    session.post(
      "Debugger.evaluateOnCallFrame",
      { callFrameId: callFrames[0]?.callFrameId ?? "", expression },
      () => session.post("Debugger.resume", () => session.disconnect()),
    );
  });
  session.post("Debugger.enable", () => session.post("Debugger.pause"));
};
