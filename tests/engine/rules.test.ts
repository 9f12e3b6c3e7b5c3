import { expect, test } from "vitest";
import type { RunPatch, StepPatch } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import type { RunPicture } from "#core/picture.ts";
import { may } from "#core/rules.ts";
import type { Wish } from "#core/run.ts";
import { start } from "#core/start.ts";
import { isOver, type RunState, runStates, type StepState, stepStates } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { workflow } from "#core/workflow.ts";
import type { Engine } from "#engine/engine.ts";
import { newStore } from "../store/new-store.ts";
import { bring } from "../store/samples.ts";
import { openWorld } from "./world.ts";

const flow = workflow("flow", "Flow", "For tests.", start({ fields: [text("a", "A")], subject: () => "" }))
  .do("made", "Made", { run: async () => 1, undo: async () => {} })
  .do("now", "Now", { run: async () => 1, skippable: "It is left out." })
  .hands(() => ({ sentence: "" }));

/** That a verb came as far as its commit, of which nothing stays. */
class Allowed extends Error {}

/** A store that keeps nothing of what a verb does, but has it decide on the rows as they are. */
const unmoved = (store: Store): Store => ({
  ...store,
  createRun: () => Promise.reject(new Allowed()),
  change: (id, at, decide, fence) =>
    store.change(
      id,
      at,
      (now) => {
        decide(now);
        throw new Allowed();
      },
      fence,
    ),
});

const waysOfStep = {
  pending: [],
  running: ["running"],
  waiting: ["waiting"],
  asking: ["asking"],
  completed: ["running", "completed"],
  failed: ["failed"],
  skipped: ["skipped"],
  undone: ["undone"],
} as const satisfies Record<StepState, readonly StepState[]>;

const rest: Partial<Record<StepState, StepPatch>> = {
  waiting: { attempt: 1, waiting: { for: "look", word: "", since: 1, nextAt: 9e15, looks: 1 } },
  asking: { attempt: 1, form: { fields: [], submit: "Decide" } },
  running: { attempt: 1 },
  failed: { attempt: 1 },
};

interface Case {
  run: RunState;
  first: StepState;
  second: StepState;
  held: boolean;
  finalized: boolean;
  wish: Wish | null;
  undoTo: string | null;
}

const cases: Case[] = runStates.flatMap((run) =>
  stepStates.flatMap((second) =>
    [false, true].flatMap((held) =>
      [
        {},
        ...(isOver(run) ? [{ finalized: true }] : [{ wish: "pause" as const }, { wish: "cancel" as const }]),
        ...(run === "failed" || run === "cancelled"
          ? [{ first: "undone" as const }, { undoTo: "made" }, { first: "undone" as const, undoTo: "made" }]
          : []),
      ].map((more) => ({
        ...{ run, second, held, finalized: false, wish: null, undoTo: null },
        first: run === "undone" ? ("undone" as const) : ("completed" as const),
        ...more,
      })),
    ),
  ),
);

const bringTo = async (store: Store, id: string, it: Case): Promise<void> => {
  const step = { kind: "do", weightMs: 1, skippable: null } as const;
  await store.createRun(
    {
      id,
      workflowId: "flow",
      title: "Flow",
      subject: "",
      mode: "automatic",
      input: { a: "1" },
      values: { a: "1" },
      secrets: null,
      lock: null,
      createdAt: 1,
      createdBy: "Ada",
      starter: "owner",
      wakeAt: 1,
    },
    [
      { ...step, id: "made", title: "Made", undoable: true },
      { ...step, id: "now", title: "Now", undoable: false, skippable: "It is left out." },
    ],
    [{ type: "run.created", by: "Ada" }],
  );
  if (it.held) await store.claim("w9", 2, 1_000);
  const move = (stepId: string, patch: StepPatch) =>
    store.change(id, 2, () => ({ steps: [{ id: stepId, patch }], events: [] }));
  for (const state of waysOfStep[it.first]) await move("made", { state });
  for (const state of waysOfStep[it.second]) await move("now", { state });
  await move("now", rest[it.second] ?? {});
  const patch: RunPatch = {
    wish: it.wish,
    finalizedAt: it.finalized ? 2 : null,
    undoTo: it.undoTo,
    ...(it.run === "paused" ? { pausedFrom: "queued" } : {}),
  };
  await bring(store, id, it.run, patch);
};

/** What each verb says that it may, in the picture (an answer: by the rule itself), and how it is done. */
const deeds: readonly {
  verb: string;
  says(picture: RunPicture, store: Store): boolean | Promise<boolean>;
  act(engine: Engine, id: string): Promise<unknown>;
}[] = [
  ...(["pause", "resume", "cancel", "retry", "undo", "finalize", "unlock", "startOver"] as const).map(
    (verb) => ({
      verb,
      says: ({ may: allowed }: RunPicture) => allowed[verb],
      act: (engine: Engine, id: string) => engine[verb](id, "Ada"),
    }),
  ),
  {
    verb: "modify",
    says: ({ may: allowed }) => allowed.modify,
    act: (engine, id) => engine.modify(id, { a: "2" }, "Ada"),
  },
  {
    verb: "rewind to any step",
    says: ({ may: allowed }) => allowed.rewind,
    act: (engine, id) =>
      engine.rewind(id, "made", "Ada").catch((error: unknown) => {
        if (error instanceof Allowed) throw error;
        return engine.rewind(id, "now", "Ada");
      }),
  },
  ...["made", "now"].flatMap((stepId) => {
    const stepOf = ({ steps }: RunPicture) => steps.find(({ id }) => id === stepId);
    return [
      {
        verb: `rewind ${stepId}`,
        says: (picture: RunPicture) => stepOf(picture)?.mayRewind ?? false,
        act: (engine: Engine, id: string) => engine.rewind(id, stepId, "Ada"),
      },
      {
        verb: `skip ${stepId}`,
        says: (picture: RunPicture) => stepOf(picture)?.maySkip ?? false,
        act: (engine: Engine, id: string) => engine.skip(id, stepId, "Ada"),
      },
      {
        verb: `retry ${stepId}`,
        says: (picture: RunPicture) => stepOf(picture)?.mayRetry ?? false,
        act: (engine: Engine, id: string) => engine.retry(id, "Ada", { stepId }),
      },
      {
        verb: `answer ${stepId}`,
        says: async ({ id }: RunPicture, store: Store) => {
          const now = await store.run(id);
          const step = now?.steps.find((one) => one.id === stepId);
          return now !== null && step !== undefined && may("answer", now, step);
        },
        act: (engine: Engine, id: string) => engine.answer(id, stepId, { decision: "again" }, "Ada"),
      },
    ];
  }),
];

const refusals: ReadonlySet<string> = new Set(["not-allowed-now", "finalized", "conflict"]);

/** Whether it was done, as far as its commit; anything but a refusal in words is a fault. */
const isDone = async (doing: Promise<unknown>): Promise<boolean | string> => {
  try {
    await doing;
    return true;
  } catch (error) {
    if (error instanceof Allowed) return true;
    if (error instanceof AppError && refusals.has(error.code)) return false;
    // It is being cancelled already, and was waited for.
    if (error instanceof AppError && error.code === "timed-out") return true;
    return String(error);
  }
};

test("for every state of a run and of its steps, held or not, finalized or not, with every wish: a button is there exactly when its verb is not refused", async () => {
  const store = await newStore();
  const world = await openWorld([flow], { store: unmoved(store), overrides: { stopGraceMs: 1 } });
  await world.engine.close();
  const wrong: string[] = [];
  let allowed = 0;
  for (const [index, it] of cases.entries()) {
    const id = `run-${index}`;
    await bringTo(store, id, it);
    const picture = await world.engine.picture(id);
    for (const { verb, says, act } of deeds) {
      const said = await says(picture, store);
      const done = await isDone(act(world.engine, id));
      if (done === true) allowed++;
      if (said !== done) wrong.push(`${verb} ${JSON.stringify(it)}: says ${said}, does ${done}`);
    }
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(allowed).toBeGreaterThan(500);
  await store.close();
});
