import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { type Connection, createConnection } from "#connectors/ssh/connection.ts";
import { exec } from "#connectors/ssh/exec.ts";
import { createSftp } from "#connectors/ssh/sftp.ts";
import type { AppError } from "#core/errors.ts";
import { samplePublicKey } from "./sample-key.ts";

const never = new AbortController().signal;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, "exit");
    child.stdin?.end();
    await ended;
  }
});

const start = async (misdeed: string): Promise<number> => {
  const file = fileURLToPath(new URL("hostile-server.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, misdeed], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return Number(line.toString().trim());
};

/** What is over sooner had no time to let others have a turn. */
const leastMs = 500;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
/** Below it nobody looks how much of it is garbage. */
const hardlyAnythingMiB = 16;

/** How often others get their turn while this goes on, each ten milliseconds at best, and the most memory that is held. */
const others = async <T>(work: () => Promise<T>) => {
  let turns = 0;
  let most = 0;
  const sizeOf = () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1024 ** 2;
  };
  collectGarbage();
  const before = sizeOf();
  const timer = setInterval(() => {
    turns++;
    if (sizeOf() - before > Math.max(most, hardlyAnythingMiB)) collectGarbage();
    most = Math.max(most, sizeOf() - before);
  }, 10);
  const began = performance.now();
  const result = await work();
  await wait(Math.max(0, leastMs - (performance.now() - began)));
  clearInterval(timer);
  return { result, turnsASecond: (1_000 * turns) / (performance.now() - began), mostMiB: most };
};

// In its own process, so that it is really the other side that floods: within ours, its work would be counted as our delay.
describe("an SSH server that means ill", () => {
  const attack = async (misdeed: string, work: (at: Connection) => Promise<unknown>) => {
    const port = await start(misdeed);
    const connection = createConnection(
      {
        ...{ name: "bad", host: "127.0.0.1", port, user: "me" },
        ...{ auth: { password: "x" }, hostKey: samplePublicKey },
      },
      [],
      400,
    );
    const quiet = await others(() => wait(leastMs));
    const loud = await others(() =>
      work(connection).then(
        () => expect.unreachable("it cannot end well"),
        (thrown) => thrown as AppError,
      ),
    );
    await connection.end();
    return { error: loud.result, share: loud.turnsASecond / quiet.turnsASecond, mostMiB: loud.mostMiB };
  };
  const runs = (onStdout?: (line: string) => void) => (at: Connection) =>
    exec(at, "true", { signal: never, timeoutMs: 1_500, ...(onStdout === undefined ? {} : { onStdout }) });

  it.each([
    ["prints a process id without end", "pid", "remote-odd"],
    ["floods a command's output", "output", "too-large"],
    ["never begins to speak SSH", "banner", "remote-odd"],
  ])("that %s is hung up on, and others hardly notice", { retry: 2 }, async (_, misdeed, code) => {
    const seen = await attack(misdeed, runs());
    expect(seen.error.code).toBe(code);
    expect(seen.share).toBeGreaterThan(0.3);
    expect(seen.mostMiB).toBeLessThan(32);
  });

  it("that floods with lines which somebody takes is slowed down", async () => {
    let lines = 0;
    const seen = await attack(
      "lines",
      runs(() => lines++),
    );
    expect(seen.error.code).toBe("timed-out");
    expect(lines).toBeGreaterThan(0);
    expect(seen.share).toBeGreaterThan(0.3);
    expect(seen.mostMiB).toBeLessThan(32);
  });

  it("with files that are not what it says gets a sentence for each, and others hardly notice", async () => {
    const told: string[] = [];
    const read = (at: Connection, name: string, answerLimitMs: number) =>
      createSftp(at, { answerLimitMs })
        .read(name, { signal: never, maxBytes: 2 * 1024 * 1024 })
        .catch((thrown: AppError) => told.push(thrown.message));
    const seen = await attack("files", async (at) => {
      for (const name of ["short", "crumbs", "endless"]) await read(at, name, 30_000);
      return createSftp(at, { answerLimitMs: 300 }).read("silent", { signal: never });
    });
    expect(told).toEqual([
      "short is shorter than the server says it is.",
      "crumbs comes in pieces too small for any SFTP server, so it was not read on.",
      "endless is larger than 2097152 bytes.",
    ]);
    expect(seen.error.message).toBe("bad does not answer about silent; its connection is open.");
    expect(seen.share).toBeGreaterThan(0.3);
    expect(seen.mostMiB).toBeLessThan(32);
  });

  it("that never begins to speak SFTP is not waited for without end", async () => {
    const seen = await attack("mute", (at) => createSftp(at).stat("file", never));
    expect(seen.error.message).toMatch(/is connected, but has not opened what it was asked for/);
  });
});
