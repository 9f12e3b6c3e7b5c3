import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { openPostgresStore } from "#store/postgres/open.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ durable: true });
});
afterAll(() => server.close());

const program = fileURLToPath(new URL("./cluster-node.ts", import.meta.url));

interface Member {
  name: string;
  process: ChildProcess;
  ask<T>(verb: string, ...given: string[]): Promise<T>;
}

const otherTime = new URL("./other-time.ts", import.meta.url).href;
const hourMs = 3_600_000;

/** `offMs`: by how much its clock is wrong. */
const begin = (
  url: string,
  name: string,
  role: "web" | "worker",
  folder: string,
  offMs = 0,
): Promise<Member> => {
  const child = fork(program, [url, name, role, folder], {
    execArgv: ["--import", "tsx", "--import", otherTime],
    env: { ...process.env, CLOCK_OFF_MS: String(offMs) },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const asked = new Map<number, { done(answer: never): void; failed(error: Error): void }>();
  let last = 0;
  const member: Member = {
    name,
    process: child,
    ask: (verb, ...given) =>
      new Promise((done, failed) => {
        asked.set(++last, { done, failed });
        child.send({ id: last, verb, given });
      }),
  };
  return new Promise((ready, failed) => {
    child.once("exit", (code) => failed(new Error(`${name} ended with ${code}`)));
    child.on("message", ({ id, answer, error }: { id: number; answer: never; error?: string }) => {
      if (id === 0) return ready(member);
      if (error === undefined) asked.get(id)?.done(answer);
      else asked.get(id)?.failed(new Error(error));
    });
  });
};

/** A way to the database that can be cut and mended. */
const openCable = async (port: number) => {
  const sockets = new Set<Socket>();
  let isCut = false;
  const cable = createServer((from) => {
    if (isCut) return from.destroy();
    const to = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => void (sockets.delete(one) && other.destroy()));
    }
  });
  await new Promise<void>((resolve) => cable.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void cable.close());
  const address = cable.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
  };
};

const lately = { interval: 100 };

test("two web nodes and three workers lose no run and record no step twice, though workers are killed, frozen and cut off, clocks are an hour off and PostgreSQL is restarted, and who follows gets each event once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "milepost-cluster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = await server.fresh();
  const cable = await openCable(Number(new URL(url).port));
  const byCable = new URL(url);
  byCable.port = String(cable.port);
  const store: Store = await openPostgresStore({ url, now: Date.now, random: (n) => new Uint8Array(n) });
  onTestFinished(() => store.close());
  const [web, otherWeb, killed, frozen, cutOff] = await Promise.all([
    begin(url, "web", "web", folder, -hourMs),
    begin(url, "other-web", "web", folder),
    begin(url, "killed", "worker", folder),
    begin(url, "frozen", "worker", folder, hourMs),
    begin(byCable.href, "cut-off", "worker", folder),
  ]);

  const ids: string[] = [];
  const beganAt = Date.now();
  const start = async (kind: "short" | "long", at: Member) => {
    const id = await at.ask<string>("start", kind);
    ids.push(id);
    await Promise.all([web.ask("follow", id), otherWeb.ask("follow", id)]);
  };
  const runs = async () => Promise.all(ids.map(async (id) => (await store.run(id))?.run));
  const heldBy = async ({ name }: Member) =>
    (await runs()).filter((run) => run?.claimedBy === name && run.workflowId === "long").length;
  /** Each of the three has some that it can lose. */
  for (const worker of [killed, frozen, cutOff]) {
    do {
      await start("long", web);
      await start("short", otherWeb);
      await expect
        .poll(async () => (await runs()).every((run) => run?.startedAt !== null), lately)
        .toBe(true);
    } while ((await heldBy(worker)) === 0 && ids.length < 40);
  }
  const until = (from: Member) => expect.poll(() => heldBy(from), lately).toBe(0);

  killed.process.kill("SIGKILL");
  frozen.process.kill("SIGSTOP");
  const another = begin(url, "another", "worker", folder);
  await Promise.all([until(killed), until(frozen)]);
  await another;
  frozen.process.kill("SIGCONT");
  cable.cut();
  await until(cutOff);
  cable.mend();
  await server.restart();
  await start("short", otherWeb);

  writeFileSync(join(folder, "gate"), "");
  const answered = new Set<string>();
  await expect
    .poll(async () => {
      const all = await runs();
      for (const id of all.flatMap((run) => (run?.state === "asking" ? [run.id] : []))) {
        const asking = (await store.run(id))?.steps.find(({ state }) => state === "asking");
        const question = `${id}/${asking?.id}`;
        if (asking === undefined || answered.has(question)) continue;
        answered.add(question);
        await web.ask("answer", id, asking.id);
      }
      return all.flatMap((run) => (run !== undefined && isOver(run.state) ? [] : [run?.id]));
    }, lately)
    .toEqual([]);

  const effects = readFileSync(join(folder, "effects"), "utf8").trim().split("\n");
  const followers = [web, otherWeb];
  for (const id of ids) {
    const at = await store.run(id);
    expect(at?.run).toMatchObject({ state: "completed", error: null });
    const events = await store.events(id, 0, 10_000);
    const numbers = events.map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, place) => place + 1));
    for (const { at: when } of events) {
      expect(when).toBeGreaterThan(beganAt - 60_000);
      expect(when).toBeLessThan(Date.now() + 60_000);
    }
    for (const follower of followers)
      await expect
        .poll(async () => (await follower.ask<Record<string, number[]>>("seen"))[id], lately)
        .toEqual(numbers);
    for (const step of at?.steps ?? []) {
      const moved = events.flatMap((event) =>
        event.type === "step.state" && event.stepId === step.id ? [event.to] : [],
      );
      expect([step.id, moved.filter((to) => to === "completed").length]).toEqual([step.id, 1]);
      const done = effects.filter((key) => key === `${id}/${step.id}`).length;
      const told =
        moved.filter((to) => to === "running").length +
        events.filter((event) => event.type === "step.interrupted" && event.stepId === step.id).length;
      if (step.kind === "do") expect(done).toBeGreaterThan(0);
      expect(done).toBeLessThanOrEqual(told);
    }
  }
});
