import { expect, test } from "vitest";
import { startChild } from "#main/child.ts";
import { createErrands } from "#main/errands.ts";
import { heldMs, longestHoldMs } from "../hostile/held.ts";
import type { Behaviour } from "./an-errand.ts";

const errands = createErrands(startChild);

const run = (behaviour: Behaviour, options: { signal?: AbortSignal; timeLimitMs?: number } = {}) =>
  errands.run<{ pid: number }>({
    entry: new URL("./an-errand.ts", import.meta.url),
    order: { behaviour },
    failure: "The file could not be read",
    memoryMb: 32,
    timeLimitMs: 60_000,
    ...options,
  });

const isGone = (pid: number): boolean => {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
};

test("an errand gives back what its work gave, from a process that is gone then", async () => {
  const { pid } = await run("works");
  expect(pid).not.toBe(process.pid);
  expect(isGone(pid)).toBe(true);
});

test("what the work refuses is refused in the same words", async () => {
  await expect(run("refuses")).rejects.toMatchObject({
    ...{ name: "AppError", code: "remote-odd", canPass: true, detail: "at byte 3" },
    message: "The file is damaged.",
  });
});

test("a mistake in the work stays a mistake, with its words", async () => {
  await expect(run("throws")).rejects.toThrow("TypeError: x is not a function");
});

test.each([
  ["grows", "needed more than 32 MB of memory"],
  ["exits", "ended with code 3"],
] satisfies [Behaviour, string][])("work that %s is over, with a sentence", async (behaviour, why) => {
  await expect(run(behaviour)).rejects.toMatchObject({
    code: "too-large",
    message: `The file could not be read: the process that was to do it ${why}.`,
  });
});

test("work without an end is ended at its limit or when it shall stop, and nobody waits for it but who asked", async () => {
  const { longestMs } = await heldMs(async () => {
    const control = new AbortController();
    const limited = run("spins", { timeLimitMs: 1_500 });
    const stopped = run("spins", { signal: control.signal });
    const waiting = run("spins", { signal: control.signal });
    const next = run("works");
    control.abort(new Error("stop"));
    await Promise.all([
      expect(stopped).rejects.toThrow("stop"),
      expect(waiting).rejects.toThrow("stop"),
      expect(next).resolves.toHaveProperty("pid"),
      expect(limited).rejects.toThrow("was not done after 1.5 s and was ended"),
    ]);
  });
  expect(longestMs).toBeLessThan(longestHoldMs);
});
