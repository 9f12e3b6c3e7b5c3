import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { type Figure, quantile } from "../figure.ts";
import { leaveBehind } from "./left-behind.ts";
import type { Order, Report } from "./server.ts";

const script = fileURLToPath(new URL("server.ts", import.meta.url));
const loader = new URL("../loader.ts", import.meta.url).href;
const idleMs = 1_500;
const begunAtOnce = 300;

/** What people feel of many runs at once: how long /healthz takes meanwhile, and what a restart in the middle of so many takes. */
export const benchCrowd = async (sizes: readonly number[] = [1_000]): Promise<Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
  const leftBy = async (runs: number): Promise<Left> => {
    const file = join(folder, `${runs}.sqlite`);
    await leaveBehind(file, runs);
    return { runs, file };
  };
  try {
    const none = await leftBy(0);
    const quiet = await restarted(none);
    const beginning = await beganAtOnce(none);
    const healthz = (when: string, ours: number) =>
      figure(`An answer of /healthz ${when} (p99)`, ours, beginning.idleP99, "while nothing is done");
    const figures = [healthz(`while ${begunAtOnce} runs begin at once`, beginning.p99)];
    const commitMs = bareCommitMs(join(folder, "raw.sqlite"));
    for (const size of sizes) {
      const many = size.toLocaleString("en");
      const { p99, answersMs, goingMs } = await restarted(await leftBy(size));
      figures.push(
        healthz(`while ${many} runs go on after a restart`, p99),
        figure(`From a restart until it answers, ${many} runs under way`, answersMs, quiet.answersMs, "none"),
        figure(
          `From the first answer until all of ${many} runs go on`,
          goingMs,
          commitMs * size,
          "as many bare commits",
        ),
      );
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
};

const figure = (what: string, ours: number, reference: number, than: string): Figure => ({
  ...{ what, unit: "ms", ours, reference, than, more: "worse", spread: 0 },
});

interface Left {
  runs: number;
  file: string;
}

/** A server on that database, and what it tells. */
const startOn = async (file: string) => {
  const child = fork(script, [file], { execArgv: ["--import", loader] });
  const hearers = new Set<(told: Report) => void>();
  child.on("message", (told) => {
    for (const hear of hearers) hear(told as Report);
  });
  const until = (holds: (told: Report) => boolean) =>
    new Promise<Report>((resolve) => {
      const hear = (told: Report) => {
        if (!holds(told)) return;
        hearers.delete(hear);
        resolve(told);
      };
      hearers.add(hear);
    });
  return {
    until,
    begin: (count: number) => void child.send({ begin: count } satisfies Order),
    end: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
};

/** Asks /healthz again and again until `ended`; milliseconds of each answer. */
const askOn = async (origin: string, ended: Promise<unknown>): Promise<number[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const took: number[] = [];
  let on = true;
  void ended.then(() => {
    on = false;
  });
  while (on) {
    const asked = performance.now();
    await new Promise<void>((resolve, reject) => {
      get(`${origin}/healthz`, { agent }, (answer) => {
        answer.resume();
        answer.on("end", resolve);
      }).on("error", reject);
    });
    took.push(performance.now() - asked);
  }
  agent.destroy();
  return took;
};

const restarted = async ({ file, runs }: Left) => {
  const begun = performance.now();
  const server = await startOn(file);
  const going = runs === 0 ? null : server.until((told) => "moved" in told && told.moved === runs);
  const over = runs === 0 ? wait(0) : server.until((told) => "over" in told && told.over === runs);
  const at = await server.until((told) => "origin" in told);
  const answersMs = performance.now() - begun;
  const took = "origin" in at ? await askOn(at.origin, over) : [];
  const moved = await going;
  await server.end();
  return { answersMs, p99: quantile(took, 0.99), goingMs: moved !== null && "ms" in moved ? moved.ms : 0 };
};

const beganAtOnce = async ({ file }: Left) => {
  const server = await startOn(file);
  const at = await server.until((told) => "origin" in told);
  const origin = "origin" in at ? at.origin : "";
  const idle = await askOn(origin, wait(idleMs));
  const over = server.until((told) => "over" in told && told.over === begunAtOnce);
  server.begin(begunAtOnce);
  const busy = await askOn(origin, over);
  await server.end();
  return { idleP99: quantile(idle, 0.99), p99: quantile(busy, 0.99) };
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a bare commit of one small write takes on this disk, on an average. */
const bareCommitMs = (file: string): number => {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE t (n INTEGER PRIMARY KEY, data TEXT)");
  const add = db.prepare("INSERT INTO t (data) VALUES ('so it is')");
  const count = 500;
  const begun = performance.now();
  for (let n = 0; n < count; n += 1) add.run();
  const ms = (performance.now() - begun) / count;
  db.close();
  return ms;
};
