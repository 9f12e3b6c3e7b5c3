import { afterEach, expect, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { Skip } from "#core/skip.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { type Workflow, workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { assertReplays } from "./assert-replays.ts";
import { openWorld, stepOf, type World } from "./world.ts";

let world: World;
let commits: Recorded[];
afterEach(() => world.close());

/** Keeps every commit as it came out of the store. */
const watched = (store: Store): Store => ({
  ...store,
  createRun: async (...given) => keep(await store.createRun(...given)),
  change: async (...given) => keep(await store.change(...given)),
});
const keep = (recorded: Recorded): Recorded => {
  commits.push(recorded);
  return recorded;
};

const open = async (flow: Workflow, overrides = {}): Promise<void> => {
  commits = [];
  world = await openWorld([flow], { store: watched(await newStore()), overrides });
};

const no = (sentence: string) => new AppError("remote-refused", sentence, { canPass: false });
const ended = () => ({ sentence: "" });
const begin = start({
  fields: [text("name", "Name"), text("color", "Color")],
  subject: ({ name }) => name,
});

const expectReplayed = async (id: string): Promise<string[]> => {
  const own = commits.filter(({ run }) => run.id === id);
  assertReplays(own, await world.store.events(id, 0, 10_000), await world.run(id));
  expect(own.length).toBeGreaterThan(2);
  return own.map(({ run }) => run.state);
};

test("replays a run of every kind of step, with progress, parts, looks, a retry and an answer", async () => {
  await open(
    workflow("flow", "Flow", "For tests.", begin)
      .do("work", "Work", {
        run: async ({ attempt, progress, substeps, log }) => {
          progress(1, 4, "rows");
          const parts = substeps(["one", "two"]);
          parts.begin("one");
          parts.end("one", attempt === 1 ? "failed" : "completed");
          log(`attempt ${attempt}`);
          if (attempt === 1) throw new AppError("unreachable", "It did not answer.");
          progress(3, 4, "rows");
          return attempt;
        },
        safeBecause: "It is a test.",
        detail: (n) => `after ${n}`,
      })
      .wait("job", "Job", {
        everyMs: 1,
        timeoutMs: 1e9,
        look: async ({ look }) =>
          look < 3
            ? { waiting: `BUSY ${look}`, progress: { done: look, total: 4, what: "pages" } }
            : { done: look },
      })
      .ask("which", "Which?", {
        form: () => ({ fields: [], submit: "ok" }),
        read: () => "this one",
        detail: (answer) => answer,
        timeoutMs: 1e9,
      })
      .do("nothing", "Nothing", { run: async () => new Skip("There is nothing to do.", null) })
      .hands(ended),
  );
  const id = await world.start();
  await world.until(id, "asking");
  await world.engine.answer(id, "which", {}, "Ada");
  await world.until(id, "completed");
  await expectReplayed(id);
});

test("replays a question that fails to be drawn, is tried again, is rejected by time, and is left out", async () => {
  let drawn = 0;
  await open(
    workflow("flow", "Flow", "For tests.", begin)
      .ask("which", "Which?", {
        form: () => {
          drawn += 1;
          if (drawn === 1) throw new AppError("unreachable", "The list did not come.");
          if (drawn === 2) throw no("The list was refused.");
          return { fields: [], submit: "ok" };
        },
        read: () => "this one",
        timeoutMs: 1,
        skippable: "Nothing is chosen.",
      })
      .hands(ended),
  );
  const id = await world.start();
  await world.until(id, "failed");
  await world.engine.retry(id, "Ada");
  await world.when(id, ({ run }) => run.state === "failed" && run.error?.code === "rejected");
  await world.engine.skip(id, "which", "Ada");
  await world.until(id, "completed");
  await expectReplayed(id);
});

/** Three steps that make something; the third is asked for by a person. */
const makers = (does: { fail?: string; undoFails?: string } = {}, onFailure: "stop" | "undo" = "stop") => {
  const maker = (id: string) => ({
    run: async ({ progress }: { progress: (done: number, total: number, what: string) => void }) => {
      progress(1, 2, "pieces");
      if (does.fail === id) throw no(`${id} was refused.`);
      return id;
    },
    undo: async () => {
      if (does.undoFails === id) throw no(`${id} is in use.`);
    },
    detail: (made: string) => `made ${made}`,
  });
  const how = start({
    fields: [text("name", "Name"), text("color", "Color")],
    subject: ({ name }) => name,
    onFailure: () => onFailure,
  });
  return workflow("flow", "Flow", "For tests.", how)
    .do("first", "First", { ...maker("first"), uses: ["name"] })
    .ask("go", "Go?", { form: () => ({ fields: [], submit: "ok" }), read: () => "yes", uses: ["color"] })
    .do("second", "Second", { ...maker("second"), uses: ["color"] })
    .do("third", "Third", { ...maker("third"), uses: ["color"] })
    .hands(ended);
};

const goThrough = async (id: string): Promise<void> => {
  await world.until(id, "asking");
  await world.engine.answer(id, "go", {}, "Ada");
};

test("replays going back to a step, before and after something was made", async () => {
  await open(makers());
  const id = await world.start();
  await goThrough(id);
  await world.until(id, "completed");
  await world.engine.rewind(id, "go", "Ada");
  await world.until(id, "asking");
  await world.engine.rewind(id, "first", "Ada");
  await goThrough(id);
  await world.until(id, "completed");
  expect(await expectReplayed(id)).toContain("undoing");
});

test("replays another input, which undoes what rests on the old one", async () => {
  await open(makers());
  const id = await world.start({ name: "door", color: "red" });
  await world.until(id, "asking");
  await world.engine.modify(id, { name: "door", color: "blue" }, "Ada");
  await goThrough(id);
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  await world.engine.modify(id, { name: "gate", color: "blue" }, "Ada");
  await world.until(id, "asking");
  expect(await expectReplayed(id)).toContain("undoing");
});

test("replays an undo that fails, is asked for again, and fails the run until a person tries again", async () => {
  const does: { undoFails?: string } = { undoFails: "second" };
  await open(makers(does));
  const id = await world.start();
  await goThrough(id);
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  await world.until(id, "failed");
  // What could not be undone is there after all: its error no longer holds.
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  await world.until(id, "failed");
  delete does.undoFails;
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  await expectReplayed(id);
});

test("replays a failure that is rolled back by itself, and the run going on after that", async () => {
  const does: { fail?: string } = { fail: "third" };
  await open(makers(does, "undo"));
  const id = await world.start();
  await goThrough(id);
  const failed = await world.until(id, "failed");
  expect(failed.run.undoneAt).not.toBeNull();
  delete does.fail;
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  expect(await expectReplayed(id)).toContain("undoing");
});

test("replays going on without the step whose failure was rolled back: what was undone is done again", async () => {
  const did: string[] = [];
  const how = start({ subject: () => "", onFailure: () => "undo" });
  await open(
    workflow("flow", "Flow", "For tests.", how)
      .do("made", "Made", { run: async () => did.push("made"), undo: async () => void did.push("undone") })
      .do("other", "Other", {
        run: async () => {
          throw no("It was refused.");
        },
        skippable: "Nothing else comes of it.",
      })
      .hands(ended),
  );
  const id = await world.start();
  await world.until(id, "failed");
  await world.engine.skip(id, "other", "Ada");
  const { run, steps } = await world.until(id, "completed");
  expect(steps.map(({ state }) => state)).toEqual(["completed", "skipped"]);
  expect(did).toEqual(["made", "undone", "made"]);
  expect(run.undoneAt).toBeNull();
  await expectReplayed(id);
});

test.each(["do", "wait", "ask"] as const)("replays a cancel in a %s step, and trying again", async (kind) => {
  let held = true;
  const before = workflow("flow", "Flow", "For tests.", begin).do("before", "Before", { run: async () => 1 });
  const flow = {
    do: () =>
      before.do("it", "It", {
        run: ({ signal, progress }) => {
          progress(1, 2, "pieces");
          return held
            ? new Promise<number>((_, reject) =>
                signal.addEventListener("abort", () => reject(signal.reason)),
              )
            : Promise.resolve(1);
        },
      }),
    wait: () =>
      before.wait("it", "It", {
        everyMs: 60_000,
        timeoutMs: 1e9,
        look: async () => (held ? { waiting: "BUSY" } : { done: 1 }),
      }),
    ask: () =>
      before.ask("it", "It?", { form: () => ({ fields: [], submit: "ok" }), read: () => 1, timeoutMs: 1e9 }),
  }
    [kind]()
    .hands(ended);
  await open(flow);
  const id = await world.start();
  const going = { do: "running", wait: "waiting", ask: "asking" } as const;
  await world.when(
    id,
    (at) => stepOf(at, "it").state === going[kind] && (kind === "do" || at.run.claimedBy === null),
  );
  await world.engine.cancel(id, "Ada");
  const cancelled = await world.until(id, "cancelled");
  expect(stepOf(cancelled, "it").state).toBe(kind === "ask" ? "pending" : "failed");
  held = false;
  await world.engine.retry(id, "Ada");
  await world.until(id, kind === "ask" ? "asking" : "completed");
  await expectReplayed(id);
});

test("replays a wait that is paused, resumed, and looked at once", async () => {
  await open(
    workflow("flow", "Flow", "For tests.", begin)
      .wait("job", "Job", {
        everyMs: 60_000,
        timeoutMs: 1e9,
        look: async ({ look }) => (look > 2 ? { done: look } : { waiting: `BUSY ${look}` }),
        whilePaused: { stop: async () => "It stands still.", goOn: async () => "It goes on." },
      })
      .hands(ended),
  );
  const id = await world.start();
  await world.until(id, "waiting");
  await world.engine.pause(id, "Ada");
  await world.until(id, "paused");
  await world.engine.resume(id, "Ada");
  await world.when(id, (at) => stepOf(at, "job").waiting?.looks === 2 && at.run.claimedBy === null);
  await world.engine.retry(id, "Ada");
  await world.until(id, "completed");
  await expectReplayed(id);
});

test("replays a step that was cut off and that a person decided about", async () => {
  const never = workflow("flow", "Flow", "For tests.", begin)
    .do("it", "It", {
      run: ({ attempt, progress }) => {
        progress(1, 2, "pieces");
        return attempt === 1 ? new Promise<number>(() => {}) : Promise.resolve(1);
      },
    })
    .do("other", "Other", {
      run: async () => {
        throw no("It was refused.");
      },
      skippable: "Nothing else comes of it.",
    })
    .hands(ended);
  await open(never);
  const id = await world.start();
  await world.when(id, (at) => stepOf(at, "it").progress !== null);
  await world.engine.close();
  world = await openWorld([never], { store: watched(world.store) });
  await world.until(id, "asking");
  await world.engine.answer(id, "it", { decision: "again" }, "Ada");
  await world.until(id, "failed");
  await world.engine.skip(id, "other", "Ada");
  await world.until(id, "completed");
  await expectReplayed(id);
});
