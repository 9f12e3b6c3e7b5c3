import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Workflow } from "#core/workflow.ts";
import type { JobOptions } from "#kits/job/job-options.ts";
import type { Kits } from "#kits/kits.ts";
import { dyingStore } from "../engine/dying-store.ts";
import { flow, memoryStore, openWorld, type World } from "../engine/world.ts";
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
    const store = await memoryStore();
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
