import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld, stepOf, type World } from "./world.ts";

/** What a database says that cannot be written just now: as better-sqlite3 says it, and as the store tells it. */
const refusals = {
  "the disk is full": () => new AppError("disk-full", "The disk is full."),
  "another program holds it": () => Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" }),
} as const;

/** A store that refuses its n-th commit and all after it until it is told to take them again; before or after it read the run. */
const refusing = (store: Store, n: number, error: () => Error, where: "begin" | "commit") => {
  let commits = 0;
  let open = false;
  const began = Promise.withResolvers<void>();
  const refuse = (): boolean => {
    const refused = !open && ++commits >= n;
    if (refused) began.resolve();
    return refused;
  };
  const refused: Store = {
    ...store,
    beat: (...given) => (commits >= n && !open ? Promise.reject(error()) : store.beat(...given)),
    claim: (...given) => (commits >= n && !open ? Promise.reject(error()) : store.claim(...given)),
    change: (id, at, decide, fence) => {
      if (!refuse()) return store.change(id, at, decide, fence);
      if (where === "begin") return Promise.reject(error());
      return store
        .change(
          id,
          at,
          (now) => {
            decide(now);
            throw new Rolled();
          },
          fence,
        )
        .catch((thrown: unknown) => {
          throw thrown instanceof Rolled ? error() : thrown;
        });
    },
  };
  return {
    store: refused,
    began: began.promise,
    take: () => {
      open = true;
    },
  };
};
class Rolled extends Error {}

const createOutside = () => {
  const effects: string[] = [];
  let looks = 0;
  const working = (): Workflow =>
    flow()
      .do("pay", "Pay", {
        run: async ({ log }) => {
          log("before");
          effects.push("paid");
          log("after");
          return effects.length;
        },
        detail: (n) => `paid ${n}`,
      })
      .wait("job", "Job", {
        everyMs: 1,
        timeoutMs: 60_000,
        look: async ({ log }) => {
          log(`look ${++looks}`);
          return looks < 2 ? { waiting: "BUSY" } : { done: "ready" };
        },
      })
      .do("save", "Save", { run: async ({ log }) => log("saved") })
      .hands((_input, { pay, job }) => ({ sentence: `${pay} ${job}` }));
  return { effects, working };
};

const linesOf = async ({ store }: Pick<World, "store">, id: string): Promise<string[]> =>
  (await store.logs(id, { after: null, limit: 100 })).map(({ text }) => text);

test.each(
  (Object.keys(refusals) as (keyof typeof refusals)[]).flatMap((why) =>
    (["begin", "commit"] as const).map((where) => ({ why, where })),
  ),
)(
  "while $why (at the $where), at each commit of a run: the effect happens once, all lines are kept in order, nothing is told as cut off",
  async ({ why, where }) => {
    let refusedAt = 0;
    for (let n = 1; n < 40; n++) {
      const { effects, working } = createOutside();
      const { store, began, take } = refusing(await newStore(), n, refusals[why], where);
      const world = await openWorld([working()], { store });
      const id = await world.start();
      const ended = world.until(id, "completed", "failed", "cancelled");
      const first = await Promise.race([began.then(() => "refused"), ended.then(() => "ended")]);
      if (first === "refused") {
        refusedAt++;
        expect((await world.engine.picture(id)).unrecorded?.because ?? "not yet told").toMatch(
          /disk|database|not yet/,
        );
        take();
      }
      const { run, steps } = await ended;
      expect({ n, state: run.state, sentence: run.outcome?.sentence }).toEqual({
        n,
        state: "completed",
        sentence: "1 ready",
      });
      expect(effects, `commit ${n}`).toEqual(["paid"]);
      expect(await linesOf(world, id)).toEqual(["before", "after", "look 1", "look 2", "saved"]);
      expect(run.recovery, `commit ${n}`).toBeNull();
      expect(steps.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
      expect((await world.engine.picture(id)).unrecorded).toBeNull();
      const events = await store.events(id, 0, 1_000);
      expect(events.filter(({ type }) => type === "step.interrupted" || type === "run.recovered")).toEqual(
        [],
      );
      await world.close();
      if (first === "ended") break;
    }
    expect(refusedAt).toBeGreaterThan(6);
  },
);

test("a server that closes while its commits are refused asks a person at the next start, and does nothing twice by itself", async () => {
  const memory = await newStore();
  // The third commit is the one after the effect.
  for (const n of [2, 3]) {
    const { effects, working } = createOutside();
    const { store, began } = refusing(memory, n, refusals["the disk is full"], "commit");
    const first = await openWorld([working()], { store });
    const id = await first.start();
    await began;
    await first.engine.close();
    const second = await openWorld([working()], { store: memory });
    const at = await second.when(
      id,
      ({ run }) => run.claimedBy === null && (run.state === "asking" || isOver(run.state)),
    );
    expect(at.run.state, `commit ${n}`).toBe("asking");
    expect(stepOf(at, "pay").form?.submit).toBe("Decide");
    expect(effects).toEqual(["paid"]);
    await second.engine.close();
  }
  await memory.close();
});

test("a person who presses something while commits are refused is told why, and nothing of it happens", async () => {
  const memory = await newStore();
  const world = await openWorld(
    [
      flow()
        .ask("q", "Q", { form: () => ({ fields: [], submit: "OK" }), read: () => "yes" })
        .hands(() => ({ sentence: "" })),
    ],
    { store: memory },
  );
  const id = await world.start();
  const before = await world.until(id, "asking");
  await world.engine.close();
  const { store } = refusing(memory, 1, refusals["the disk is full"], "begin");
  const full = await openWorld(world.engine.workflows, { store });
  await expect(full.engine.answer(id, "q", {}, "Ada")).rejects.toMatchObject({ code: "disk-full" });
  await expect(full.engine.cancel(id, "Ada")).rejects.toMatchObject({ code: "disk-full" });
  expect((await full.run(id)).run.version).toBe(before.run.version);
  await full.close();
});

test("a cancel that comes when room is there again, after the claim lapsed, goes to the work that is still there", async () => {
  let now = Date.now();
  const clock = {
    now: () => now,
    after: (ms: number, call: () => void) => {
      const timer = setTimeout(call, Math.min(ms, 20));
      return () => clearTimeout(timer);
    },
  };
  let stopped = 0;
  const began = Promise.withResolvers<void>();
  const memory = await newStore();
  let full = false;
  const store: Store = {
    ...memory,
    beat: (...given) => (full ? Promise.reject(new AppError("disk-full", "Full.")) : memory.beat(...given)),
  };
  const world = await openWorld(
    [
      flow()
        .do("work", "Work", {
          run: ({ signal }) =>
            new Promise((_, reject) => {
              began.resolve();
              signal.addEventListener("abort", () => {
                stopped++;
                reject(signal.reason);
              });
            }),
        })
        .hands(() => ({ sentence: "" })),
    ],
    { store, overrides: { clock, leaseMs: 1_000 } },
  );
  const id = await world.start();
  await began.promise;
  full = true;
  now += 8 * 3_600_000;
  await world.engine.cancel(id, "Ada");
  const { run, steps } = await world.until(id, "cancelled");
  expect(stopped).toBe(1);
  expect(run.cancel).toMatchObject({ stepId: "work", unconfirmed: null });
  expect(run.cancel?.note).toBeNull();
  expect(steps[0]?.state).toBe("failed");
  await world.close();
});
