import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StartChild } from "#core/child.ts";
import { childEnvironment } from "./config.ts";

const lastWordsMs = 1_000;

/**
 * Starts a process of our own with a channel to it. Node itself takes TypeScript's types away, so that it costs no more than what it does.
 * `child-side.ts` sees to it that it ends with us and is not silent while it lives.
 */
export const startChild: StartChild = ({ entry, args = [], memoryMb, silentMs, onMessage }) => {
  const child = fork(fileURLToPath(entry), args, {
    execArgv: [
      `--max-old-space-size=${memoryMb}`,
      "--max-semi-space-size=8",
      "--import",
      new URL("./child-side.ts", import.meta.url).href,
    ],
    env: childEnvironment(),
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let stuck = false;
  const silence = watch(silentMs, () => {
    stuck = true;
    child.kill("SIGKILL");
  });
  child.on("message", (message) => {
    silence.heard();
    if (message !== "alive") onMessage(message);
  });
  const ended = new Promise<string>((resolve) => {
    // One that could not be started tells so here, and no end follows.
    child.once("error", ({ message }) => resolve(`could not be started: ${message}`));
    child.once("exit", (code, signal) => {
      const end = () => resolve(wordsFor(code, signal));
      // The last of what it said may come after its exit.
      if (!child.connected) return end();
      child.once("disconnect", end);
      setTimeout(end, lastWordsMs);
    });
  });
  const wordsFor = (code: number | null, signal: string | null): string => {
    if (stuck) return "was stuck and was killed";
    // V8 aborts where its memory ends.
    if (signal === "SIGABRT") return `needed more than ${memoryMb} MB of memory`;
    return signal === null ? `ended with code ${code}` : `was killed (${signal})`;
  };
  void ended.then(silence.stop);
  return {
    pid: child.pid,
    ended,
    // What is sent to a child that is gone is answered by its end.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    end: async (graceMs = 0) => {
      // It hears that as the end of its parent.
      if (graceMs > 0 && child.connected) child.disconnect();
      const limit = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(limit);
    },
  };
};

/** Whoever was busy itself finds what it has missed only after its timers, so that one look is not enough. */
const looks = 3;

const watch = (silentMs: number | undefined, onSilent: () => void) => {
  if (silentMs === undefined) return { heard: () => {}, stop: () => {} };
  let silentLooks = 0;
  const timer = setInterval(() => {
    if (++silentLooks === looks) onSilent();
  }, silentMs / looks);
  return {
    heard: () => {
      silentLooks = 0;
      timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
};
