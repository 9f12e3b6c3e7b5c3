import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import { standForDuty } from "#store/postgres/duty.ts";
import { flow } from "../../engine/world.ts";
import { openANode, steps } from "./a-node.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** Also on a machine that is busy with other things. */
const lately = { interval: 5 };

const three = ["one", "two", "three"];

const openTwo = async (run: (key: string, signal: AbortSignal) => Promise<void> = async () => {}) => {
  const url = await server.fresh();
  const web = await openANode(url, { name: "web", works: false }, [steps(three, run)]);
  onTestFinished(() => web.close());
  const worker = await openANode(url, { name: "worker", works: true }, [steps(three, run)]);
  onTestFinished(() => worker.close());
  return { url, web, worker };
};

test("a run that one node accepts is worked on by another, and told at both, each event once and in order", async () => {
  const { web, worker } = await openTwo();
  const told = [web, worker].map((world) => {
    const numbers: number[] = [];
    world.engine.listen(({ events }) => numbers.push(...events.map(({ n }) => n)));
    return numbers;
  });
  const id = await web.start();
  const { run } = await web.until(id, "completed", "failed");
  expect(run.state).toBe("completed");
  const all = (await web.store.events(id, 0, 1_000)).map(({ n }) => n);
  expect(all).toEqual(all.map((_, place) => place + 1));
  expect(
    (await web.node.all()).map(({ name, role, version, runs }) => ({ name, role, version, runs })),
  ).toEqual([
    { name: "web", role: "web", version: "0.0.0", runs: 0 },
    { name: "worker", role: "worker", version: "0.0.0", runs: 0 },
  ]);
  for (const numbers of told) await expect.poll(() => numbers, lately).toEqual(all);
});

test("of a hundred and fifty runs that are started at once while two workers are at work none is refused", async () => {
  const { url, web } = await openTwo();
  const other = await openANode(url, { name: "other", works: true }, [steps(three, async () => {})]);
  onTestFinished(() => other.close());
  const ids = await Promise.all(Array.from({ length: 150 }, () => web.start()));
  for (const id of ids) expect((await web.until(id, "completed", "failed")).run.state).toBe("completed");
});

test("whoever reads along at one node has another one look as often as a program asks for", async () => {
  const url = await server.fresh();
  const program = flow()
    .wait("program", "Program", {
      everyMs: 1_000,
      maxEveryMs: 1_000,
      timeoutMs: 3_600_000,
      look: async () => ({ waiting: "running", readAlongMs: 7 }),
    })
    .hands(() => ({ sentence: "Done." }));
  const web = await openANode(url, { name: "web", works: false }, [program]);
  onTestFinished(() => web.close());
  const worker = await openANode(url, { name: "worker", works: true }, [program]);
  onTestFinished(() => worker.close());
  const pauseMs = ({ steps: [step] }: RunWithSteps) =>
    (step?.waiting?.nextAt ?? 0) - (step?.waiting?.since ?? 0);
  const alone = await web.start();
  const id = await web.start();
  const reading = new AbortController();
  web.engine.openLines.readAlong(id, reading.signal);
  await web.when(id, (at) => pauseMs(at) === 7);
  await web.when(alone, (at) => (at.steps[0]?.waiting?.looks ?? 0) > 1);
  expect(pauseMs(await web.run(alone))).toBe(1_000);
});

test("a cancel that one node accepts ends at once what another one is doing", async () => {
  const begun = Promise.withResolvers<void>();
  const { web } = await openTwo((_key, signal) => {
    begun.resolve();
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const id = await web.start();
  await begun.promise;
  await web.engine.cancel(id, "Ada");
  const { run } = await web.until(id, "cancelled");
  expect(run.cancel?.confirmedAt).not.toBeNull();
});

test("runs go on though the queue's whole schema was taken away, and none is lost", async () => {
  const gate = Promise.withResolvers<void>();
  let under = 0;
  const { url, web } = await openTwo(() => {
    under++;
    return gate.promise;
  });
  const ids = [await web.start(), await web.start()];
  await expect.poll(() => under, lately).toBe(2);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("DROP SCHEMA pgboss CASCADE");
  await client.end();
  ids.push(await web.start(), await web.start());
  gate.resolve();
  for (const id of ids) expect((await web.until(id, "completed", "failed")).run.state).toBe("completed");
});

test("a node that drains takes no more runs and says so, and takes them again when it is let", async () => {
  const by: string[] = [];
  const url = await server.fresh();
  const open = async (name: string) => {
    const world = await openANode(url, { name, works: name !== "web" }, [
      steps(["one"], async () => void by.push(name)),
    ]);
    onTestFinished(() => world.close());
    await expect.poll(async () => (await world.node.all()).map((one) => one.name), lately).toContain(name);
    return world;
  };
  const [web] = [await open("web"), await open("first")];
  await web.node.drain("first", true);
  const id = await web.start();
  await open("second");
  await web.until(id, "completed", "failed");
  expect(by).toEqual(["second"]);
  expect((await web.node.all()).map(({ name, role, isDraining }) => [name, role, isDraining])).toEqual([
    ["web", "web", false],
    ["first", "worker", true],
    ["second", "worker", false],
  ]);
  await web.node.drain("second", true);
  await web.node.drain("first", false);
  await web.until(await web.start(), "completed", "failed");
  expect(by).toEqual(["second", "first"]);
  await expect(web.node.drain("web", true)).rejects.toThrow("takes no runs");
  await expect(web.node.drain("gone", true)).rejects.toThrow("no such process");
});

test("while nodes are replaced by newer ones, a worker leaves the runs of workflows that it has not to those that have them, and fails none", async () => {
  const url = await server.fresh();
  const by: string[] = [];
  const withStep = (id: string, at: string) => ({
    ...steps(["one"], async () => void by.push(`${id} at ${at}`)),
    ...{ id, title: id },
  });
  const open = async (name: string, version: string, ids: readonly string[]) => {
    const workflows = ids.map((id) => withStep(id, name));
    const world = await openANode(url, { name, works: name !== "web", version }, workflows);
    onTestFinished(() => world.close());
    await expect.poll(async () => (await world.node.all()).map((one) => one.name), lately).toContain(name);
    return world;
  };
  const old = await open("old", "0.1.0", ["before"]);
  const web = await open("web", "0.2.0", ["before", "since"]);
  const [known, unknown] = ["before", "since"].map((id) => web.engine.start(id, {}, "Ada"));
  const [before, since] = [await known, await unknown].map((run) => run?.runId ?? "");
  await old.until(before ?? "", "completed", "failed");
  expect(by).toEqual(["before at old"]);
  // Long enough for the old one to have looked at it more than once.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect((await web.store.run(since ?? ""))?.run.state).toBe("queued");
  await open("new", "0.2.0", ["before", "since"]);
  expect((await web.until(since ?? "", "completed", "failed")).run.state).toBe("completed");
  expect(by).toEqual(["before at old", "since at new"]);
});

test("what one node does at a time goes on at another when the one ends, and is never done by both", async () => {
  const url = await server.fresh();
  const done: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const stand = (name: string) => {
    const standing = standForDuty({
      ...{ url, log },
      begin: async () => void done.push(`${name} begins`),
      end: async () => void done.push(`${name} ends`),
    });
    onTestFinished(() => standing.close());
    return standing;
  };
  const first = stand("one");
  await expect.poll(() => done, lately).toEqual(["one begins"]);
  stand("other");
  await first.close();
  await expect.poll(() => done, lately).toEqual(["one begins", "one ends", "other begins"]);
});

test("a duty that could not begin is ended and begun again, and nobody holds it without doing it", async () => {
  const url = await server.fresh();
  const done: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const standing = standForDuty({
    ...{ url, log },
    begin: async () => {
      done.push("begins");
      if (done.length === 1) throw new Error("The database is away.");
    },
    end: async () => void done.push("ends"),
  });
  onTestFinished(() => standing.close());
  await expect.poll(() => done, lately).toEqual(["begins", "ends", "begins"]);
});
