import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { stepsOfNoOps } from "../../engine/no-ops.ts";
import { startPostgres } from "../../store/postgres/server.ts";
import { type Figure, quantile, tableOf } from "../figure.ts";
import { writeInto } from "../write-into.ts";
import { bareCommits, barePgBoss } from "./bare.ts";
import type { Order, Report } from "./member.ts";

/** Prints what several nodes over one PostgreSQL do, beside what it does without us; with `--write` puts it into docs/performance.md. */
const script = fileURLToPath(new URL("member.ts", import.meta.url));
const loader = new URL("../loader.ts", import.meta.url).href;
const atOnce = 10;
const runs = 150;
const starts = 40;
const rounds = 3;
/** By then a run of steps that do nothing is over, so that the next one begins where nothing else is done. */
const restMs = 200;

interface Member {
  process: ChildProcess;
  ask<T>(verb: Order["verb"], given?: string): Promise<T>;
  hear(began: (at: number) => void): void;
}

const now = () => performance.timeOrigin + performance.now();

const begin = async (url: string, name: string, role: "web" | "worker"): Promise<Member> => {
  const child = fork(script, [url, name, role], { execArgv: ["--import", loader] });
  const asked = new Map<number, (answer: never) => void>();
  let last = 0;
  let began = (_: number) => {};
  const ready = Promise.withResolvers<void>();
  child.once("exit", (code) => ready.reject(new Error(`${name} ended with ${code}`)));
  child.on("message", (told: Report) => {
    if ("began" in told) return began(told.began);
    if (told.id === 0) return ready.resolve();
    asked.get(told.id)?.(told.answer as never);
    asked.delete(told.id);
  });
  await ready.promise;
  return {
    process: child,
    ask: (verb, given) =>
      new Promise((answer) => {
        asked.set(++last, answer);
        child.send({ id: last, verb, ...(given === undefined ? {} : { given }) } satisfies Order);
      }),
    hear: (hearer) => {
      began = hearer;
    },
  };
};

const end = async ({ process: child }: Member): Promise<void> => {
  child.kill("SIGKILL");
  await once(child, "exit");
};

/** All runs over, asked of the database, where nobody's memory counts. */
const allOver = async (client: Client, count: number): Promise<void> => {
  for (;;) {
    const { rows } = await client.query("SELECT count(*)::int n FROM runs WHERE state = 'completed'");
    if (rows[0].n >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const stepsPerSecond = async (url: string, workers: number, workflow: string): Promise<number[]> => {
  const web = await begin(url, "web", "web");
  const all = await Promise.all(Array.from({ length: workers }, (_, at) => begin(url, `w${at}`, "worker")));
  const client = new Client({ connectionString: url });
  await client.connect();
  const perSecond: number[] = [];
  // The first round is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const begun = performance.now();
    await Promise.all(Array.from({ length: runs }, () => web.ask("start", workflow)));
    await allOver(client, runs * (round + 1));
    if (round > 0) perSecond.push((runs * stepsOfNoOps * 1_000) / (performance.now() - begun));
  }
  await client.end();
  await Promise.all([web, ...all].map(end));
  return perSecond;
};

/** From the request at a web node until the first step begins at a worker, ms. */
const startMs = async (url: string, workflow: "flow" | "reading"): Promise<number[]> => {
  const [web, worker] = await Promise.all([begin(url, "web", "web"), begin(url, "w", "worker")]);
  const took: number[] = [];
  for (let n = 0; n < starts * 2; n += 1) {
    const asked = now();
    const began = new Promise<number>((resolve) => worker.hear(resolve));
    await web.ask("start", workflow);
    const ms = (await began) - asked;
    if (n >= starts) took.push(ms);
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  await Promise.all([web, worker].map(end));
  return took;
};

/** How much later than a follower at the node where something was done one at another web node has its event, ms. */
const laterElsewhereMs = async (url: string): Promise<number[]> => {
  const [here, there, worker] = await Promise.all([
    begin(url, "here", "web"),
    begin(url, "there", "web"),
    begin(url, "w", "worker"),
  ]);
  const run = await here.ask<string>("started asking");
  await Promise.all([here.ask("follow", run), there.ask("follow", run)]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let n = 0; n < starts; n += 1) {
    await here.ask("pause", run);
    await here.ask("resume", run);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [own, others] = await Promise.all([
    here.ask<Record<number, number>>("times"),
    there.ask<Record<number, number>>("times"),
  ]);
  await Promise.all([here, there, worker].map(end));
  return Object.entries(own).map(([n, at]) => (others[Number(n)] ?? Number.POSITIVE_INFINITY) - at);
};

const middle = (values: readonly number[]): number => quantile(values, 0.5);

const server = await startPostgres({ durable: true });
try {
  const figures: Figure[] = [];
  const commits = middle([
    await bareCommits(await server.fresh(), atOnce, 3_000),
    await bareCommits(await server.fresh(), atOnce, 3_000),
    await bareCommits(await server.fresh(), atOnce, 3_000),
  ]);
  const boss = await barePgBoss(await server.fresh(), runs, atOnce);
  const steps = async (workers: number, workflow: "flow" | "reading"): Promise<Figure> => ({
    what: `Steps that do nothing, ${workflow === "flow" ? "two commits" : "one commit"} each, ${workers} ${workers === 1 ? "worker" : "workers"} of ${atOnce} runs at a time each`,
    ...{ unit: "steps/s", ours: middle(await stepsPerSecond(await server.fresh(), workers, workflow)) },
    ...{
      reference: boss,
      than: "pg-boss alone with a row for each step, 1 worker",
      more: "better",
      spread: 0,
    },
  });
  const once = await steps(1, "flow");
  figures.push(once, { ...once, reference: commits, than: `bare commits of ${atOnce} clients` });
  for (const workers of [1, 2, 4]) figures.push(await steps(workers, "reading"));
  const perCommit = 1_000 / (await bareCommits(await server.fresh(), 1, 500));
  for (const [what, workflow] of [
    ["From the request at a web node until the first step begins at a worker (p50)", "flow"],
    ["The same where the step may be done again without asking (p50)", "reading"],
  ] as const)
    figures.push({
      ...{ what, unit: "ms", ours: middle(await startMs(await server.fresh(), workflow)) },
      ...{ reference: perCommit, than: "a bare commit", more: "worse", spread: 0 },
    });
  figures.push({
    what: "How much later an event is at a browser of another web node (p50)",
    ...{ unit: "ms", ours: middle(await laterElsewhereMs(await server.fresh())), reference: perCommit },
    ...{ than: "a bare commit", more: "worse", spread: 0 },
  });
  const table = tableOf(figures);
  console.log(table);
  if (process.argv.includes("--write")) await writeInto("cluster figures", table);
} finally {
  await server.close();
}
