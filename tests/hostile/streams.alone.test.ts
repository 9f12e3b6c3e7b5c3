import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { Listening } from "#main/listen.ts";
import { listen } from "../web/listen.ts";
import { openSite, presetToken, type Site } from "../web/site.ts";
import { heldMs, longestHoldMs } from "./held.ts";

const script = fileURLToPath(new URL("../bench/stream-clients.ts", import.meta.url));
const clients = 2_000;
const mostStreams = 50;

let site: Site;
let server: Listening;
let readers: ChildProcess | undefined;
afterEach(async () => {
  readers?.kill();
  server.close();
  await site.close();
});

/** Resolves when so many have an answer, or an error. */
const answered = async (address: string): Promise<void> => {
  const child = spawn(process.execPath, [script, address, presetToken, String(clients)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  readers = child;
  let answers = 0;
  child.stdout.on("data", (line: Buffer) => {
    answers = Number(String(line).trimEnd().split("\n").at(-1)?.split(" ")[0]);
  });
  await expect.poll(() => answers).toBe(1);
  const { longestMs } = await heldMs(async () => {
    child.stdin.write("all\n");
    await expect.poll(() => answers).toBe(clients);
  });
  expect(longestMs).toBeLessThan(longestHoldMs);
};

test("while one person opens 2,000 event streams of one run at once, nobody else waits", async () => {
  site = await openSite({ limits: { streams: mostStreams, requestsPerSecond: 1_000 } });
  server = await listen(site);
  const runId = await site.asking();
  await answered(`${server.origin}/api/runs/${runId}/events`);
  const metrics = await (await site.get("/metrics")).text();
  expect(metrics).toMatch(new RegExp(`^milepost_event_streams ${mostStreams}$`, "m"));
});
