import { afterEach, describe, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { StepDefinition, Workflow } from "#core/workflow.ts";
import { authorLimits } from "#engine/deps.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** What an author's function may do wrong; each is told in a sentence that names step or workflow, and the function. */
const misdeeds = {
  throws: {
    act: () => {
      throw new TypeError("x is not a function");
    },
    says: /threw TypeError: x is not a function/,
  },
  rejects: {
    act: () => Promise.reject("nothing at all"),
    says: /threw something that is no error: nothing at all/,
  },
  "throws what another error caused": {
    act: () => {
      throw new TypeError("fetch failed", {
        cause: Object.assign(new AggregateError([new Error("connect ECONNREFUSED 127.0.0.1:9")]), {
          code: "ECONNREFUSED",
        }),
      });
    },
    says: /threw TypeError: fetch failed \(connect ECONNREFUSED 127\.0\.0\.1:9\)/,
  },
  "throws an object": {
    act: () => {
      throw { code: 7, reason: "secret words" };
    },
    says: /threw something that is no error: an object with the fields code, reason\./,
  },
  "throws what cannot be read": {
    act: () => {
      throw Object.defineProperty(new Error("hidden"), "message", {
        get: () => {
          throw new Error("trap");
        },
      });
    },
    says: /threw something that is no error and has no words\./,
  },
  "throws too many words": {
    act: () => {
      throw new Error("y".repeat(100_000));
    },
    says: /threw Error: y{2000,} … \[[\d,]+ characters are left out here\] … y{1000,1500}\./,
  },
  hangs: { act: () => new Promise(() => {}), says: /and was stopped/ },
  "gives a date": { act: () => ({ at: new Date(0) }), says: /a Date at \.at|is needed/ },
  "gives a big number": { act: () => [1n], says: /a bigint at \[0\]|is needed/ },
  "gives a circle": {
    act: () => {
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      return circle;
    },
    says: /a circle at \.self|is needed/,
  },
} as const;
type Misdeed = keyof typeof misdeeds;

/** The functions of an author, each with a workflow in which it is the one that misbehaves; `effect` counts what was done outside. */
const places: Record<string, (act: () => never, effect: () => void) => Workflow> = {
  "run of a do step": (act, effect) =>
    broken({
      kind: "do",
      timeoutMs: 80,
      run: async () => {
        effect();
        return act();
      },
    }),
  "detail of a do step": (act, effect) => broken({ kind: "do", run: async () => effect(), detail: act }),
  "a probe": (act, effect) => {
    let tries = 0;
    const run = async () => {
      if (++tries > 1) effect();
      throw new AppError("unreachable", "Not yet.");
    };
    // The effect of the first try is what the probe is asked about.
    effect();
    return broken({ kind: "do", timeoutMs: 80, run, whenInterrupted: act });
  },
  "look of a wait": (act, effect) =>
    broken({
      kind: "wait",
      everyMs: 1,
      timeoutMs: 60,
      look: async () => {
        effect();
        return act();
      },
    }),
  "detail of a wait": (act, effect) =>
    broken({
      kind: "wait",
      everyMs: 1,
      timeoutMs: 1_000,
      look: async () => {
        effect();
        return { done: 1 };
      },
      detail: act,
    }),
  "form of a question": (act, effect) =>
    broken({
      kind: "ask",
      form: () => {
        effect();
        return act();
      },
      read: () => 1,
    }),
  "read of a question": (act, effect) =>
    broken({
      kind: "ask",
      form: empty,
      read: () => {
        effect();
        return act();
      },
    }),
  "detail of a question": (act, effect) =>
    broken({ kind: "ask", form: empty, read: () => effect() ?? 1, detail: act }),
  hands: (act, effect) => ({ ...done(effect), outcome: act }),
  "subject after an answer": (act, effect) => {
    let asked = 0;
    const subject = () => (++asked === 1 ? "subject" : act());
    const it = broken({ kind: "ask", form: empty, read: () => effect() ?? 1 });
    return { ...it, start: { ...it.start, subject } };
  },
  onFailure: (act, effect) => {
    const run = async () => {
      effect();
      throw new AppError("remote-refused", "No.");
    };
    const it = broken({ kind: "do", run, undo: async () => effect() });
    return { ...it, start: { ...it.start, onFailure: act } };
  },
};

const empty = () => ({ fields: [], submit: "ok" });
const done = (effect: () => void) =>
  flow()
    .do("step", "The step", { run: async () => effect() })
    .hands(() => ({ sentence: "" }));
/** A workflow of one step that the types would not let pass. */
const broken = (step: object): Workflow => ({
  ...done(() => {}),
  steps: [{ id: "step", title: "The step", ...step } as unknown as StepDefinition],
});

const table = Object.keys(places).flatMap((place) =>
  (Object.keys(misdeeds) as Misdeed[]).map((misdeed) => ({ place, misdeed })),
);

test.each(table)(
  "$place that $misdeed ends the run with a sentence, and its effect happened once",
  async ({ place, misdeed }) => {
    let effects = 0;
    const { act, says } = misdeeds[misdeed];
    const make = places[place];
    if (make === undefined) throw new Error(place);
    world = await openWorld([make(act as () => never, () => void effects++)], {
      overrides: { limits: { ...authorLimits, words: 40, read: 40, draw: 40, look: 20 }, stopGraceMs: 20 },
    });
    const id = await world.start();
    const at = await world.until(id, "failed", "asking");
    if (at.run.state === "asking") {
      const answered = world.engine.answer(id, "step", {}, "Ada");
      // Nobody knows that a slow reading is broken: the question stays open, and what was typed is with the person.
      if (place === "read of a question" && misdeed === "hangs") {
        await expect(answered).rejects.toMatchObject({
          code: "timed-out",
          message: expect.stringMatching(says),
        });
        expect((await world.run(id)).run.state).toBe("asking");
        return world.engine.cancel(id, "Ada");
      }
      await answered;
    }
    const { run } = await world.until(id, "failed");
    expect(`${run.error?.message} ${run.error?.detail}`).toMatch(says);
    expect(`${run.error?.message} ${run.error?.detail}`).toMatch(/“The step”|“A flow”|took longer/);
    if (!place.startsWith("look")) expect(effects).toBe(1);
    const { recovery, claimedBy } = (await world.run(id)).run;
    expect({ recovery, claimedBy }).toEqual({ recovery: null, claimedBy: null });
    // It can be tried again and cancelled like any other run.
    await world.engine.retry(id, "Ada");
    await world.until(id, "failed", "asking");
  },
);

describe("what is wrong before a run exists", () => {
  const start_ = (over: object): Workflow => ({
    ...done(() => {}),
    start: { ...done(() => {}).start, ...over },
  });
  test.each(["subject", "lock", "read", "form"])(
    "in %s is told to whoever starts it, and no run is kept",
    async (name) => {
      const act = () => {
        throw new TypeError("x is not a function");
      };
      world = await openWorld([start_({ [name]: act })]);
      const asked = name === "form" ? world.engine.startForm("flow") : world.engine.start("flow", {}, "Ada");
      await expect(asked).rejects.toMatchObject({
        code: "workflow-broken",
        message: `“A flow”: its function “${name}” threw TypeError: x is not a function.`,
      });
      expect((await world.engine.runs({ limit: 9 })).rows).toEqual([]);
    },
  );
});

test("a failing onFailure leaves the true reason as the headline and keeps what was made", async () => {
  const it = flow()
    .do("made", "Make it", { run: async () => 1, undo: async () => {} })
    .do("step", "The step", {
      run: () => Promise.reject(new AppError("remote-refused", "The key was refused.")),
    })
    .hands(() => ({ sentence: "" }));
  const onFailure = () => {
    throw new RangeError("bad");
  };
  world = await openWorld([{ ...it, start: { ...it.start, onFailure } }]);
  const { run, steps } = await world.until(await world.start(), "failed");
  expect(run.error?.message).toBe("The key was refused.");
  expect(run.error?.detail).toContain("its function “onFailure” threw RangeError: bad");
  expect(stepOf({ run, steps }, "made").state).toBe("completed");
});

test("an undo that throws ends in a sentence, and undo can be asked for again", async () => {
  let broken = true;
  const it = flow()
    .do("made", "Make it", {
      run: async () => 1,
      undo: async () => {
        if (broken) throw new TypeError("y is not a function");
      },
    })
    .hands(() => ({ sentence: "" }));
  world = await openWorld([it]);
  const id = await world.start();
  await world.until(id, "completed");
  await world.engine.undo(id, "Ada");
  const { run } = await world.until(id, "failed");
  expect(run.error?.message).toContain("“Make it”: its function “undo” threw TypeError: y is not a function");
  broken = false;
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
});

test("a step whose effect nobody called harmless is never done again by itself: not after a limit, not after a passing error", async () => {
  let effects = 0;
  world = await openWorld([
    flow()
      .do("pay", "Pay", {
        run: async () => {
          effects++;
          throw new AppError("unreachable", "The answer was lost.");
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const { run } = await world.until(await world.start(), "failed");
  expect(run.error?.message).toBe("The answer was lost.");
  expect(effects).toBe(1);
});

test("a step that is ended by its own limit says so, and keeps what is known of its end", async () => {
  let effects = 0;
  world = await openWorld([
    flow()
      .do("copy", "Copy", {
        timeoutMs: 30,
        safeBecause: "It copies the same again.",
        run: ({ signal }) => {
          effects++;
          return new Promise((_, reject) => {
            const cancelled = new AppError("cancelled", "“cp” was cancelled.", {
              canPass: false,
              unconfirmed: "Whether it still runs on node1 is not known.",
            });
            signal.addEventListener("abort", () => reject(cancelled));
          });
        },
      })
      .hands(() => ({ sentence: "" })),
  ]);
  const { run } = await world.until(await world.start(), "failed");
  expect(run.error).toMatchObject({ code: "timed-out" });
  expect(run.error?.message).toBe(
    "It took longer than 30 ms and was stopped. Whether it still runs on node1 is not known.",
  );
  expect(effects).toBe(1);
});
