import { afterEach, expect, it } from "vitest";
import type { DoContext } from "#core/step-context.ts";
import type { EngineDeps } from "#engine/deps.ts";
import { oneStep, openWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** The log of a run whose only step says this. */
const logOf = async (
  say: (ctx: DoContext<unknown, object>) => unknown,
  overrides: Partial<EngineDeps> = {},
): Promise<{ runId: string; texts: string[] }> => {
  const run = async (ctx: DoContext<unknown, object>) => {
    await say(ctx);
    return null;
  };
  world = await openWorld([oneStep({ run })], { overrides });
  const runId = await world.start();
  await world.until(runId, "completed", "failed");
  const lines = await world.store.logs(runId, { after: 0, limit: 100_000 });
  return { runId, texts: lines.map(({ text }) => text) };
};

it("keeps the last state of a bar, in the order in which lines ended", async () => {
  const { texts } = await logOf(({ log }) => {
    log("39.5 % ETA 00:16\r");
    log("\u001b[31mtrouble\u001b[0m", "warn");
    log("100.0% ETA 00:00\r");
    log("");
    log("two\nlines");
  });
  expect(texts).toEqual(["\u001b[31mtrouble\u001b[0m", "100.0% ETA 00:00", "two", "lines"]);
});

it("shows an unended line while it is, to those who watch, without the run's secrets, and records none of it", async () => {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const seen: string[] = [];
  const done = logOf(async ({ log }) => {
    world.engine.openLines.listen((runId) => {
      for (const { lines } of world.engine.openLines.of(runId)) seen.push(...lines.map(({ text }) => text));
      if (seen.includes("40 %")) go();
    });
    log("40 %\r");
    await gone;
    log("done\u001b[K");
  });
  const { runId, texts } = await done;
  expect(seen).toContain("40 %");
  expect(texts).toEqual(["done"]);
  expect(world.engine.openLines.of(runId)).toEqual([]);
});

it("cuts a long line with a word of how much, keeps its beginning and its end, and the whole of it beside", async () => {
  const kept = new Map<string, string>();
  const longLines = {
    keep: async (_: string, text: string) => {
      kept.set("k1", text);
      return "k1";
    },
    read: async (name: string) => kept.get(name) ?? null,
    forget: async () => kept.clear(),
  };
  const long = `begin ${"x".repeat(10_000)} end`;
  const { runId, texts } = await logOf(({ log }) => log(long), { longLines });
  expect(texts[0]).toMatch(/^begin x+ … \[6,2\d\d characters are left out here; .* has them\] … x+ end$/);
  const [line] = await world.store.logs(runId, { after: 0, limit: 1 });
  expect(kept.get(line?.whole ?? "")).toBe(long);
  await world.close();
  const lost = await logOf(({ log }) => log(long));
  expect(lost.texts[0]).toContain("could not be kept");
});

it("says how many lines were left out when more came than can be kept, and keeps the beginning and the end", async () => {
  const { texts } = await logOf(({ log }) => {
    for (let n = 1; n <= 60_000; n += 1) log(`line ${n}`);
  });
  expect(texts.length).toBeLessThan(25_000);
  expect([texts[0], texts.at(-1)]).toEqual(["line 1", "line 60000"]);
  const [mark] = texts.filter((text) => text.startsWith("["));
  const left = Number(/^\[([\d,]+) lines came faster/.exec(mark ?? "")?.[1]?.replaceAll(",", ""));
  expect(left + texts.length - 1).toBe(60_000);
});
