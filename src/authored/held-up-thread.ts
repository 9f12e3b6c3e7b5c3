// A thread beside the server's own, which sees when that one no longer turns.
import { writeSync } from "node:fs";
import { type Debugger, Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import { type HoldUpWatch, looksAtMost } from "./held-up.ts";

const { beat, folder, limitMs } = workerData as HoldUpWatch;

let seen = Atomics.load(beat, 0);
let silent = 0;
/** What is not JavaScript cannot be stopped in the middle; then the answer comes when it is over. */
let asking = false;
setInterval(() => {
  const now = Atomics.load(beat, 0);
  // Counted in looks of our own, so that a machine that slept is no hold-up.
  silent = now === seen ? silent + 1 : 0;
  seen = now;
  if (silent > 0 && silent % looksAtMost === 0 && !asking) endIfGuest();
}, limitMs / looksAtMost);

/** Stops the other thread where it is and looks whose code that is. It goes on unless it is people's. */
const endIfGuest = (): void => {
  asking = true;
  const session = new Session();
  const urls = new Map<string, string>();
  session.connectToMainThread();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => void urls.set(scriptId, url));
  session.on("Debugger.paused", ({ params: { callFrames } }) => {
    const guest = callFrames.find(({ location }) => urls.get(location.scriptId)?.startsWith(folder));
    if (guest !== undefined) end(guest, urls.get(guest.location.scriptId) ?? "");
    session.post("Debugger.resume", () => session.disconnect());
    asking = false;
  });
  session.post("Debugger.enable", () => session.post("Debugger.pause"));
};

const end = ({ functionName, location }: Debugger.CallFrame, url: string): never => {
  // Copies lie in a folder each, which is named after their contents.
  const file = decodeURIComponent(new URL(url).pathname.slice(new URL(folder).pathname.length)).replace(
    /^[^/]*\//,
    "",
  );
  const where = `${functionName === "" ? "" : `function “${functionName}”, `}line ${location.lineNumber + 1}`;
  writeSync(
    2,
    `“${file}” (${where}) has held up Milepost for ${limitMs / 1_000} s, and nobody was answered. Milepost ends itself, because nothing else ends a loop. Started again it takes the run up, and asks before it goes on once this has happened twice.\n`,
  );
  process.kill(process.pid, "SIGKILL");
  throw new Error("It is over.");
};
