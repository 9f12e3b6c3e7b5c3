import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "#main/child.ts";

/** A child that does this. */
const childThat = async (
  does: string,
  { memoryMb = 64, silentMs }: { memoryMb?: number; silentMs?: number } = {},
) => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-child-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const entry = join(folder, "entry.ts");
  await writeFile(entry, does);
  const heard: unknown[] = [];
  const child = startChild({
    entry: pathToFileURL(entry),
    memoryMb,
    ...(silentMs === undefined ? {} : { silentMs }),
    onMessage: (message) => heard.push(message),
  });
  onTestFinished(() => child.end());
  return { ...child, heard };
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test("one that is stuck in a loop is killed, and its end says so", async () => {
  const { ended } = await childThat("for (;;);", { silentMs: 3_000 });
  expect(await ended).toBe("was stuck and was killed");
});

test("one that works for long and lets others have their turn is not stuck", async () => {
  const child = await childThat("setTimeout(() => process.exit(3), 9_000)", { silentMs: 6_000 });
  expect(await child.ended).toBe("ended with code 3");
});

test("one that is silent for less long than it may be is left alone, whenever it spoke last", async () => {
  // Just before somebody looks who looks every two seconds.
  const does = `
    const until = (seconds: number) => { while (process.uptime() < seconds); };
    until(1.7);
    process.send?.("here", () => { until(6.9); process.exit(3); });`;
  const child = await childThat(does, { silentMs: 6_000 });
  expect(await child.ended).toBe("ended with code 3");
});

test("one that needs more memory than it may ends, and its end says so", async () => {
  const child = await childThat("const all: object[] = []; for (;;) all.push(new Array(1_000).fill({}));");
  expect(await child.ended).toBe("needed more than 64 MB of memory");
});

test("it hears what is sent, is heard, and ends when it is told to", async () => {
  const child = await childThat("process.on('message', (message) => process.send?.({ heard: message }))");
  child.send({ a: 1 });
  await until(() => child.heard.length > 0);
  expect(child.heard).toEqual([{ heard: { a: 1 } }]);
  await child.end();
  expect(await child.ended).toBe("was killed (SIGKILL)");
});

test("given time, it ends by itself, and what terminals and service managers send to all does not end it", async () => {
  const child = await childThat(
    "process.on('exit', () => {}); process.on('message', () => process.send?.('here'));",
  );
  child.send({});
  await until(() => child.heard.length === 1);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.kill(child.pid ?? 0, signal);
  child.send({});
  await until(() => child.heard.length === 2);
  await child.end(10_000);
  expect(await child.ended).toBe("ended with code 0");
});
