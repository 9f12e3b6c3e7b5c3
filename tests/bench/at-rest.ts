import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Figure, figureOf, type Rounds } from "./figure.ts";

export const milepost = fileURLToPath(new URL("../../bin/milepost", import.meta.url));
const hello = fileURLToPath(new URL("./hello.js", import.meta.url));
const rounds = 9;
/** By then a server has given back what starting took. */
const settleMs = 35_000;
const restMs = 20_000;

/** What a start costs, and what a server takes that nobody looks at: both of the whole process, beside the least server on the same stack. */
export const benchAtRest = async (): Promise<Figure[]> => {
  const data = mkdtempSync(join(tmpdir(), "bench-start-"));
  const ours = () =>
    launched([milepost, "serve"], {
      MILEPOST_DATA: data,
      MILEPOST_SANDBOX: "off",
      HOST: "127.0.0.1",
      PORT: "0",
    });
  try {
    const starts = await startsInTurns(ours, () => launched([hello]));
    const rest = await Promise.all([atRest(await ours()), atRest(await launched([hello, "ticks"]))]);
    return [
      figureOf(
        {
          what: "Processor time of a start, until it answers (`milepost serve`, all of its threads)",
          unit: "ms",
          than: "a bare @hono/node-server",
          more: "worse",
        },
        starts,
      ),
      {
        what: "Memory at rest, sandboxes switched off",
        unit: "MB",
        ours: rest[0].megabytes,
        reference: rest[1].megabytes,
        than: "a bare @hono/node-server",
        more: "worse",
        spread: 0,
      },
      {
        what: "Processor time of a minute at rest, without a page",
        unit: "ms",
        ours: rest[0].msAMinute,
        reference: rest[1].msAMinute,
        than: "a bare @hono/node-server that wakes once a second",
        more: "worse",
        spread: 0,
      },
    ];
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
};

/** One round first is not counted: it makes the bundle. */
const startsInTurns = async (
  ours: () => Promise<ChildProcess>,
  reference: () => Promise<ChildProcess>,
): Promise<Rounds> => {
  const times = { ours: [] as number[], reference: [] as number[] };
  for (let round = -1; round < rounds; round++)
    for (const [name, start] of [
      ["ours", ours],
      ["reference", reference],
    ] as const) {
      const server = await start();
      if (round >= 0) times[name].push(processorMs(server));
      await end(server);
    }
  return times;
};

const atRest = async (server: ChildProcess) => {
  await wait(settleMs);
  const before = processorMs(server);
  await wait(restMs);
  const msAMinute = ((processorMs(server) - before) * 60_000) / restMs;
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1];
  await end(server);
  return { msAMinute, megabytes: Number(kilobytes) / 1_000 };
};

const launched = async (...how: Parameters<typeof launch>) => (await launch(...how)).server;

/** Resolves when it has said that it answers, and where. */
export const launch = async (
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ server: ChildProcess; origin: string }> => {
  const server = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const origin = await new Promise<string>((resolve) => {
    server.stdout.on("data", (part) => {
      const link = /(http\S+)\/\S*token=/.exec(String(part));
      if (link !== null) resolve(link[1] ?? "");
    });
  });
  return { server, origin };
};

export const end = async (server: ChildProcess): Promise<void> => {
  const gone = once(server, "exit");
  server.kill();
  await gone;
};

/** What all threads of a process ran so far, from the scheduler's own count of nanoseconds (proc(5), schedstat). */
const processorMs = ({ pid }: ChildProcess): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, ns) => sum + ns, 0) / 1e6;
