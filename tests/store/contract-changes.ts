import fc from "fast-check";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Fenced, type RunPatch, type StepPatch } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { NewLogLine } from "#core/event.ts";
import type { Store } from "#core/store.ts";
import { change, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

const line = (text: string, stepId = "fetch"): NewLogLine => ({ stepId, attempt: 1, level: "info", text });

export const changesContract = (open: OpenStore) =>
  describe("changes", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });

    /** Everything that is kept of a run. */
    const all = async (id: string) => ({
      run: await store.run(id),
      events: await store.events(id, 0, 10_000),
      logs: await store.logs(id, { after: 0, limit: 10_000 }),
    });

    it("writes a new run as queued, its steps as pending in their order, and its events from number 1", async () => {
      const id = await newRun(store, clock);
      const found = await store.run(id);
      expect(found?.run).toMatchObject({ state: "queued", version: 1, lastEvent: 1, input: { depth: 3 } });
      expect(found?.steps.map((step) => [step.id, step.position, step.state])).toEqual([
        ["fetch", 0, "pending"],
        ["save", 1, "pending"],
      ]);
      expect(await store.events(id, 0, 10)).toEqual([
        { runId: id, n: 1, at: clock.now(), type: "run.created", by: "Ada" },
      ]);
    });

    it("keeps every field of a run and a step, and tells exactly what it kept", async () => {
      const id = await newRun(store, clock);
      const run: RunPatch = {
        state: "failed",
        title: "Été “x” \\ % _ '",
        input: [1, "two", { three: null }],
        wakeAt: 11,
        wish: "cancel",
        startedAt: 12,
        endedAt: 13,
        error: { code: "remote-failed", message: "No.", detail: "<b>", field: null, stepId: "fetch" },
        cancel: {
          askedAt: 1,
          by: "Ada",
          stepId: null,
          signalledAt: 2,
          confirmedAt: null,
          unconfirmed: "?",
          note: null,
        },
        recovery: {
          at: 1,
          lastSignAt: 0,
          stepId: "fetch",
          checked: null,
          outcome: "again",
          because: "idempotent",
        },
        percentFloor: 42,
        outcome: { sentence: "Done.", facts: [] },
        finalizedAt: 14,
        pausedFrom: "waiting",
      };
      const step: StepPatch = {
        state: "running",
        attempt: 2,
        startedAt: 1,
        activeMs: 7,
        progress: { done: 1, total: null, what: "rows", unit: "rows", perSecond: 0.5 },
        share: 0.25,
        substeps: [{ name: "List", state: "running" }],
        result: { deep: [true, null, 1.5, "\u0000 \u{1F600}"] },
        detail: "half",
        error: { code: "internal", message: "m", detail: null, field: "f" },
        waiting: { for: "look", word: "CREATED", since: 1, nextAt: 2, looks: 3 },
        undoable: true,
      };
      const recorded = await change(store, id, { run, steps: [{ id: "save", patch: step }], events: [] });
      const found = await store.run(id);
      expect(found?.run).toMatchObject({ ...run, version: 2, changedAt: 5 });
      expect(found?.steps[1]).toMatchObject(step);
      expect({ run: recorded.run, steps: recorded.steps }).toEqual(found);
    });

    it("numbers events without gaps, and versions too, when many change one run at once", async () => {
      const id = await newRun(store, clock);
      const recorded = await Promise.all(
        Array.from({ length: 100 }, () =>
          change(store, id, {
            run: { percentFloor: 1 },
            events: [{ type: "cancel.signalled" }, { type: "run.unlocked", by: "Ada" }],
          }),
        ),
      );
      const numbers = (await store.events(id, 0, 1_000)).map((event) => event.n);
      expect(numbers).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
      expect(new Set(recorded.map(({ run }) => run.version)).size).toBe(100);
      expect(await store.version(id)).toBe(101);
    });

    it("keeps version = changes and events gap-free whatever is changed, refused ones included", async () => {
      const one = fc.record({
        events: fc.integer({ min: 0, max: 3 }),
        logs: fc.integer({ min: 0, max: 3 }),
        refused: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(one, { maxLength: 15 }), async (changes) => {
          const id = await newRun(store, clock);
          let [version, events, logs] = [1, 1, 0];
          for (const wanted of changes) {
            const changing = store.change(id, 5, () => {
              if (wanted.refused) throw new Error("refused");
              return {
                run: { percentFloor: version },
                events: Array.from({ length: wanted.events }, () => ({ type: "cancel.signalled" }) as const),
                logs: Array.from({ length: wanted.logs }, (_, index) => line(`line ${index}`)),
              };
            });
            if (wanted.refused) {
              await expect(changing).rejects.toThrow("refused");
              continue;
            }
            await changing;
            version += 1;
            events += wanted.events + (wanted.logs > 0 ? 1 : 0);
            logs += wanted.logs;
          }
          const kept = await all(id);
          expect(kept.run?.run).toMatchObject({ version, lastEvent: events });
          expect(kept.events.map((event) => event.n)).toEqual(
            Array.from({ length: events }, (_, i) => i + 1),
          );
          expect(kept.logs.map((log) => log.n)).toEqual(Array.from({ length: logs }, (_, i) => i + 1));
        }),
        { numRuns: 30 },
      );
    });

    it("leaves nothing behind of a change that decide refuses", async () => {
      const id = await newRun(store, clock);
      const before = await all(id);
      await expect(
        store.change(id, 5, () => {
          throw new AppError("not-allowed-now", "No.");
        }),
      ).rejects.toMatchObject({ code: "not-allowed-now" });
      expect(await all(id)).toEqual(before);
    });

    it("leaves nothing behind of a change whose move is not allowed, of a run or of a step", async () => {
      const id = await newRun(store, clock);
      const before = await all(id);
      const events = [{ type: "cancel.signalled" }] as const;
      const logs = [line("never")];
      await expect(change(store, id, { run: { state: "undone" }, events, logs })).rejects.toThrow(
        "from queued to undone",
      );
      const steps = [
        { id: "fetch", patch: { state: "running" } },
        { id: "save", patch: { state: "completed" } },
      ] as const;
      await expect(change(store, id, { steps, events, logs })).rejects.toThrow("from pending to completed");
      expect(await all(id)).toEqual(before);
    });

    it("combines two patches of one step instead of forgetting the first", async () => {
      const id = await newRun(store, clock);
      const steps = [
        { id: "fetch", patch: { detail: "kept" } },
        { id: "fetch", patch: { activeMs: 9 } },
      ];
      await change(store, id, { steps, events: [] });
      expect((await store.run(id))?.steps[0]).toMatchObject({ detail: "kept", activeMs: 9 });
    });

    it("refuses the change of a worker whose run was taken by another since", async () => {
      const id = await newRun(store, clock);
      const first = await store.claim("w1", clock.now(), 10);
      await store.claim("w2", clock.now() + 11, 10);
      const before = await all(id);
      const late = store.change(
        id,
        5,
        () => ({ run: { state: "running" }, events: [], logs: [line("late")] }),
        {
          epoch: first?.run.epoch ?? -1,
        },
      );
      await expect(late).rejects.toBeInstanceOf(Fenced);
      expect(await all(id)).toEqual(before);
    });

    it("tells another process of what was committed: the run as it is, and its events from a number on", async () => {
      const [id, other] = [await newRun(store, clock), await newRun(store, clock)];
      for (const by of ["Ada", "Bob"]) await change(store, id, { events: [{ type: "run.unlocked", by }] });
      const told = await store.asRecorded([
        { id, from: 3 },
        { id: "nobody", from: 1 },
        { id: other, from: 2 },
      ]);
      expect(told).toEqual([
        { ...(await store.run(id)), events: await store.events(id, 2, 10) },
        { ...(await store.run(other)), events: [] },
      ]);
    });

    it("says not-found for a run that is not there", async () => {
      await expect(change(store, "nobody", { events: [] })).rejects.toMatchObject({ code: "not-found" });
      expect(await store.run("nobody")).toBeNull();
      expect(await store.version("nobody")).toBeNull();
    });

    it("numbers log lines on from the last and tells them by one event, of a step when all are of one", async () => {
      const id = await newRun(store, clock);
      await change(store, id, { events: [], logs: [line("a"), line("b")] });
      await change(store, id, {
        events: [{ type: "cancel.signalled" }],
        logs: [line("c"), line("d", "save")],
      });
      const [first, , second] = await store.events(id, 1, 10);
      expect(first).toMatchObject({ n: 2, type: "log", from: 1, to: 2, stepId: "fetch" });
      expect(second).toMatchObject({ n: 4, type: "log", from: 3, to: 4 });
      expect(second).not.toHaveProperty("stepId");
      expect(first?.lines?.map((one) => one.text)).toEqual(["a", "b"]);
      expect(second?.lines).toEqual([
        { n: 3, at: 5, ...line("c") },
        { n: 4, at: 5, ...line("d", "save") },
      ]);
    });
  });
