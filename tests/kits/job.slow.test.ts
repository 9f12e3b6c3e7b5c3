import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import type { Workflow } from "#core/workflow.ts";
import type { JobOptions } from "#kits/job/job-options.ts";
import type { Kits } from "#kits/kits.ts";
import { dyingStore } from "../engine/dying-store.ts";
import { flow, openWorld, type World } from "../engine/world.ts";
import { newStore } from "../store/new-store.ts";
import { openHosts } from "./hosts.ts";

const jobFlow = (
  { job }: Kits,
  options: Partial<JobOptions<unknown, object, string>> & { script: string },
): Workflow =>
  flow()
    .wait("job", "Job", job<unknown, object>({ on: () => "node1", ...options }))
    .hands((_input, { job: said }) => ({ sentence: said }));

/** What is left of jobs in a home. */
const left = (home: string): string[] => {
  const jobs = join(home, ".cache/milepost/jobs");
  return existsSync(jobs) ? readdirSync(jobs) : [];
};
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
const linesOf = async (world: World, id: string) =>
  (await world.store.logs(id, { after: 0, limit: 1_000 })).map(({ text }) => text);

test("wherever Milepost dies, a script on a server runs once, its lines are there once, its code is known, and nothing of it is left", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { home } = hosts.node1;
  let deaths = 0;
  for (let n = 2; n < 40; n++) {
    const made = () =>
      jobFlow(kits(), {
        script: 'echo one; echo "$MARK" >> ran; sleep 0.2; echo two; exit 7',
        env: () => ({ MARK: String(n) }),
      });
    const store = await newStore();
    const { store: dying, died } = dyingStore(store, n, "before");
    const first = await openWorld([made()], { store: dying });
    const id = await first.start();
    const how = await Promise.race([first.until(id, "failed").then(() => "lived"), died.then(() => "died")]);
    const second = how === "died" ? await openWorld([made()], { store }) : first;
    const { run } = await second.until(id, "failed", "completed");
    expect([n, run.error?.message]).toEqual([n, "The script ended with code 7 on node1."]);
    expect(await linesOf(second, id)).toEqual(["one", "two"]);
    expect(
      textOf(join(home, "ran"))
        .split("\n")
        .filter((line) => line === String(n)),
    ).toEqual([String(n)]);
    expect(left(home)).toEqual([]);
    await second.close();
    if (how === "lived") break;
    deaths++;
  }
  expect(deaths).toBeGreaterThan(2);
});

test("what a script has begun to write is seen while it is, on a bar too, and it is looked for soon again while somebody reads along", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { home } = hosts.node1;
  const until = (file: string) => `until [ -e ${file} ]; do sleep 0.05; done`;
  const world = await openWorld([
    jobFlow(kits(), {
      script: `echo begun; printf "no end"; ${until("a")}; echo; printf "1 %%\\r2 %%\\r"; ${until("b")}`,
    }),
  ]);
  const id = await world.start();
  const pauseMs = ({ steps: [step] }: RunWithSteps) =>
    (step?.waiting?.nextAt ?? 0) - (step?.waiting?.since ?? 0);
  const seen = () => world.engine.openLines.of(id).flatMap(({ lines }) => lines.map(({ text }) => text));
  await world.when(id, () => seen().join() === "no end");
  expect(pauseMs(await world.run(id))).toBeGreaterThanOrEqual(400);
  const reading = new AbortController();
  world.engine.openLines.readAlong(id, reading.signal);
  writeFileSync(join(home, "a"), "");
  await world.when(id, (at) => seen().join() === "2 %" && pauseMs(at) === 100);
  reading.abort();
  await world.when(id, (at) => pauseMs(at) >= 400);
  writeFileSync(join(home, "b"), "");
  await world.until(id, "completed", "failed");
  expect([seen(), await linesOf(world, id)]).toEqual([[], ["begun", "no end", "1 %", "2 %"]]);
  await world.close();
});

test("a script goes on while its server cannot be reached, and what it wrote and how it ended is read afterwards", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { node1 } = hosts;
  const world = await openWorld([
    jobFlow(kits(), { script: "echo begun; touch here; until [ -e go ]; do sleep 0.05; done; echo done" }),
  ]);
  const id = await world.start();
  await world.when(id, () => existsSync(join(node1.home, "here")));
  await node1.cut();
  await world.when(id, ({ steps }) => (steps[0]?.waiting?.word ?? "").includes("refuses connections"));
  writeFileSync(join(node1.home, "go"), "");
  await node1.listen();
  const { run } = await world.until(id, "completed", "failed");
  expect([run.state, run.outcome?.sentence]).toEqual(["completed", "done"]);
  expect(await linesOf(world, id)).toEqual(["begun", "done"]);
  await world.close();
});

test("a cancelled script is ended with all that it began, and the run says so; one that fails is undone with what it was given", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { home } = hosts.node1;
  const script = 'sh -c "touch begun; sleep 300" & wait';
  const world = await openWorld([
    jobFlow(kits(), { script }),
    {
      ...jobFlow(kits(), {
        script: 'echo "$name" > "$name"; exit 3',
        undo: 'rm -- "$name"; echo undone',
        env: () => ({ name: "it's" }),
      }),
      id: "undone",
    },
  ]);
  const id = await world.start();
  await world.when(id, () => existsSync(join(home, "begun")));
  await world.engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect([run.cancel?.unconfirmed, run.cancel?.note]).toEqual([
    null,
    "It was ended on node1 (SIGTERM) and is gone.",
  ]);
  expect(left(home)).toEqual([]);

  const failing = await world.start({}, "undone");
  await world.until(failing, "failed");
  expect(textOf(join(home, "it's"))).toBe("it's\n");
  await world.engine.undo(failing, "Ada");
  await world.until(failing, "undone", "failed");
  expect([existsSync(join(home, "it's")), (await linesOf(world, failing)).at(-1)]).toEqual([false, "undone"]);
  await world.close();
});

test("a script that is over its time is ended and told as late; one that its machine cut off is begun again only where that is claimed", async () => {
  const { hosts, kits } = await openHosts(["node1"]);
  const { home } = hosts.node1;
  const killsItself =
    "echo x >> tried; [ $(wc -l < tried) -gt 1 ] && exit 0; kill -s KILL $PPID; kill -s KILL $$";
  const world = await openWorld([
    jobFlow(kits(), { script: "echo on; sleep 300", limitMs: 1 }),
    { ...jobFlow(kits(), { script: killsItself }), id: "once" },
    { ...jobFlow(kits(), { script: killsItself, safeBecause: "It counts." }), id: "again" },
  ]);
  const late = await world.start();
  const { run } = await world.until(late, "failed");
  expect(run.error).toMatchObject({ code: "timed-out" });
  expect(run.error?.message).toMatch(
    /^The script did not end within 0 s. It was ended on node1 \(SIGTERM\) and is gone\./,
  );
  const once = await world.start({}, "once");
  expect((await world.until(once, "failed", "completed")).run.error?.message).toBe(
    "The script came to no end on node1: something ended it from outside. How far it came is not known.",
  );
  rmSync(join(home, "tried"));
  const again = await world.start({}, "again");
  expect((await world.until(again, "failed", "completed")).run.state).toBe("completed");
  expect([textOf(join(home, "tried")), left(home)]).toEqual(["x\nx\n", []]);
  await world.close();
});

test("of what a script writes faster than it can be kept the log has the beginning and the end, and how much is missing", async () => {
  const { kits } = await openHosts(["node1"]);
  const script = 'echo first; head -c 12000000 /dev/zero | tr "\\0" "x" | fold -w 50000; echo; echo last';
  const world = await openWorld([jobFlow(kits(), { script: `( ${script} ) > all; cat all` })]);
  const id = await world.start();
  const { run } = await world.until(id, "completed", "failed");
  const lines = await linesOf(world, id);
  expect([run.outcome?.sentence, lines[0], lines.at(-1)]).toEqual(["last", "first", "last"]);
  expect(
    lines.filter((line) => / bytes came faster than they can be kept/.test(line)).length,
  ).toBeGreaterThan(0);
  await world.close();
});
