import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { clientOf, download, folder, textOf } from "./world.ts";

const started = z.object({ url: z.string(), token: z.string() });

const start = async (dataDir: string, ...rows: string[]) => {
  const script = fileURLToPath(new URL("./serve-sandbox.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir, ...rows], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, token } = started.parse(JSON.parse(line));
    return { child, url, ...clientOf(url, token) };
  }
  throw new Error("the server ended without a word");
};

const kill = async (child: ChildProcess) => {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
};

const rows = 200_000;

/** An order of all rows; the analysis is the only one there is. */
const order = async (server: Awaited<ReturnType<typeof start>>) => {
  const { body } = await server.ask("/analyses/this-machine/shop/light");
  const analysis = (body as { results: { slug: string }[] }).results[0]?.slug ?? "";
  const url = `crawl.${analysis}.url`;
  const made = await server.order({
    project: "shop",
    analysis,
    config: { print_delimiter: false },
    query: { dimensions: [url], sort: [{ field: url }] },
  });
  return (made.body as { job_id: number }).job_id;
};

test.each([
  ["CREATED or PROCESSING", async () => undefined],
  [
    "in the middle of its file",
    (dataDir: string) =>
      until(async () => (await readdir(join(dataDir, "exports"))).some((name) => name.endsWith(".part"))),
  ],
] as const)(
  "a job killed while it is %s is DONE after the next start, with every row once, at the same address",
  async (_, moment) => {
    const dataDir = await folder();
    const first = await start(dataDir, String(rows));
    const job = await order(first);
    await moment(dataDir);
    await kill(first.child);
    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    const done = await second.until(
      () => second.job(job),
      ({ job_status: state }) => state === "DONE" || state === "FAILED",
    );
    expect(done.job_status).toBe("DONE");
    const lines = textOf((await download(done.results?.download_url ?? "")).bytes)
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(rows + 1);
    expect(new Set(lines).size).toBe(rows + 1);
    expect(await readdir(join(dataDir, "exports"))).toEqual([`${job}.export`]);
    expect((await second.ask("/jobs")).body).toMatchObject({ count: 1 });
  },
);

test("a finished file and its download go on over a kill: the same bytes, from where it stopped, under the same ETag", async () => {
  const dataDir = await folder();
  const first = await start(dataDir, String(rows));
  const job = await order(first);
  const done = await first.until(
    () => first.job(job),
    ({ job_status: state }) => state === "DONE",
  );
  const link = done.results?.download_url ?? "";
  const before = await download(link);
  const half = Math.floor(before.bytes.length / 2);
  await kill(first.child);
  await start(dataDir);
  const rest = await download(link, {
    range: `bytes=${half}-`,
    "if-range": before.headers.get("etag") ?? "",
  });
  expect(rest.status).toBe(206);
  expect(Buffer.concat([before.bytes.subarray(0, half), rest.bytes]).equals(before.bytes)).toBe(true);
});

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};
