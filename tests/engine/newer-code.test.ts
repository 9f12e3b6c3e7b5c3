import { afterEach, expect, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { start } from "#core/start.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import type { Workflows } from "#core/workflows.ts";
import { newStore } from "../store/new-store.ts";
import { assertReplays } from "./assert-replays.ts";
import { openWorld, stepOf, type World } from "./world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const begin = () => workflow("flow", "Flow", "For tests.", start({ subject: () => "" }));
const fails = async (): Promise<never> => {
  throw new AppError("remote-refused", "No.", { canPass: false });
};

/** Two versions of a workflow, the first offered until `change`. */
const versions = (one: Workflow, two: Workflow) => {
  const all = [
    { ...one, code: "one" },
    { ...two, code: "two" },
  ] as const;
  let [offered] = all as readonly Workflow[];
  const workflows: Workflows = {
    offered: () => (offered === undefined ? [] : [offered]),
    of: ({ code }) => all.find((flow) => flow.code === code),
    areBeingRead: () => false,
    ready: async () => {},
  };
  return {
    workflows,
    change: () => {
      offered = all[1];
    },
  };
};

const openWith = async (workflows: Workflows, commits: Recorded[] = []) => {
  const store = await newStore();
  const change: typeof store.change = async (...given) => {
    const recorded = await store.change(...given);
    commits.push(recorded);
    return recorded;
  };
  world = await openWorld([], { store: { ...store, change }, overrides: { workflows } });
  return world;
};

test("a failed run goes on with the changed file when a person says so, does what is done no second time, and follows the new steps", async () => {
  let made = 0;
  const make = { run: async () => ++made, readsOnly: true } as const;
  const { workflows, change } = versions(
    begin()
      .do("make", "Make", make)
      .do("send", "Send", { run: fails, readsOnly: true })
      .do("old", "Old", { run: async () => 1 })
      .hands(() => ({ sentence: "Old." })),
    begin()
      .do("make", "Make", { run: fails, readsOnly: true })
      .do("send", "Send it", { run: async () => "sent", readsOnly: true })
      .do("look", "Look", { run: async ({ results }) => `${results.make} ${results.send}`, readsOnly: true })
      .hands((_, { look }) => ({ sentence: look })),
  );
  const commits: Recorded[] = [];
  const { engine, start, until, store } = await openWith(workflows, commits);
  const id = await start({}, "flow");
  await until(id, "failed");
  expect((await engine.picture(id)).newerCode).toBeNull();

  change();
  expect((await engine.picture(id)).newerCode).toEqual({
    code: "two",
    unfit: null,
    added: ["Look"],
    gone: ["Old"],
  });
  // Nobody asked for the new one: it stays with the one that it began with.
  await engine.retry(id, "Ada");
  await until(id, "failed");
  expect((await engine.picture(id)).code).toBe("one");

  await engine.retry(id, "Ada", { code: "two" });
  const { run, steps } = await until(id, "completed");
  expect([run.code, run.outcome?.sentence, made]).toEqual(["two", "1 sent", 1]);
  expect(steps.map((step) => [step.id, step.title, step.position])).toEqual([
    ["make", "Make", 0],
    ["send", "Send it", 1],
    ["look", "Look", 2],
  ]);
  const last = commits.filter(({ run }) => run.code === "two");
  const events = await store.events(id, 0, 1_000);
  assertReplays(last, events, (await world?.run(id)) as never);
});

test("a run does not go on with a file in which what it has begun is at another place, nor with one that is not there any more", async () => {
  const { workflows, change } = versions(
    begin()
      .do("make", "Make", { run: async () => 1 })
      .do("send", "Send", { run: fails })
      .hands(() => ({ sentence: "" })),
    begin()
      .do("first", "First", { run: async () => 1 })
      .do("make", "Make", { run: async () => 1 })
      .do("send", "Send", { run: async () => 1 })
      .hands(() => ({ sentence: "" })),
  );
  const { engine, start, until } = await openWith(workflows);
  const id = await start({}, "flow");
  const failed = await until(id, "failed");
  change();
  expect((await engine.picture(id)).newerCode?.unfit).toContain("“Make”");
  await expect(engine.retry(id, "Ada", { code: "two" })).rejects.toMatchObject({ code: "conflict" });
  await expect(engine.retry(id, "Ada", { code: "three" })).rejects.toMatchObject({ code: "conflict" });
  expect((await until(id, "failed")).run.version).toBe(failed.run.version);
  expect(stepOf(failed, "send").state).toBe("failed");
});
