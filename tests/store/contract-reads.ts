import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { ownerId } from "#core/people.ts";
import { runStates } from "#core/states.ts";
import type { RunFilter, Store } from "#core/store.ts";
import { aStep, bring, change, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

export const readsContract = (open: OpenStore) =>
  describe("reads", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });

    const listed = async (filter: Partial<RunFilter>): Promise<string[]> =>
      (await store.runs({ limit: 50, ...filter })).rows.map(({ run }) => run.id);

    const log = (id: string, stepId: string, ...texts: string[]) =>
      change(store, id, {
        events: [],
        logs: texts.map((text) => ({ stepId, attempt: 1, level: "info", text })),
      });

    it("pages through runs newest first, each exactly once, while new ones come in", async () => {
      const made: string[] = [];
      for (let i = 0; i < 7; i++) made.unshift(await newRun(store, clock));
      const seen: string[] = [];
      let after: string | null | undefined;
      while (after !== null) {
        const page = await store.runs({ limit: 3, ...(after === undefined ? {} : { after }) });
        seen.push(...page.rows.map(({ run }) => run.id));
        after = page.next;
        await newRun(store, clock);
      }
      expect(seen).toEqual(made);
    });

    it("has no next page when the last one is just full", async () => {
      for (let i = 0; i < 3; i++) await newRun(store, clock);
      expect((await store.runs({ limit: 3 })).next).toBeNull();
      expect((await store.runs({ limit: 2 })).next).not.toBeNull();
    });

    it("lists a run with its steps in their order", async () => {
      const id = await newRun(store, clock);
      expect((await store.runs({ limit: 1 })).rows).toEqual([await store.run(id)]);
    });

    it("shows a run without the lists of what came out of items, and with all else", async () => {
      const results = { hosts: [{ key: "web1" }], report: { exportId: "x" }, fetch: ["web1"], save: null };
      const kinds = { hosts: "each", report: "each", fetch: "do", save: "each" } as const;
      const steps = Object.entries(kinds).map(([id, kind]) => ({ ...aStep(id), kind }));
      const id = await newRun(store, clock, {}, steps);
      const patches = Object.entries(results).map(([stepId, result]) => ({ id: stepId, patch: { result } }));
      await change(store, id, { events: [], steps: patches });
      const whole = await store.run(id);
      expect(whole?.steps.map(({ result }) => result)).toEqual(Object.values(results));
      expect(await store.seen(id)).toEqual({
        ...whole,
        steps: whole?.steps.map((step) => (step.id === "hosts" ? { ...step, result: null } : step)),
      });
    });

    it("numbers the runs of each workflow from 1 on, and finds a run by its number", async () => {
      const first = await newRun(store, clock);
      const other = await newRun(store, clock, { workflowId: "other" });
      const second = await newRun(store, clock);
      const numbers = [first, second, other].map(async (id) => (await store.run(id))?.run.number);
      expect(await Promise.all(numbers)).toEqual([1, 2, 1]);
      expect(await store.runNumbered("flow", 2)).toBe(second);
      expect(await store.runNumbered("other", 1)).toBe(other);
      expect(await store.runNumbered("other", 2)).toBeNull();
    });

    it("filters by states and workflow", async () => {
      const failed = await newRun(store, clock);
      await bring(store, failed, "failed");
      const other = await newRun(store, clock, { workflowId: "other" });
      expect(await listed({ states: ["failed", "completed"] })).toEqual([failed]);
      expect(await listed({ states: [] })).toEqual([]);
      expect(await listed({ workflowId: "other" })).toEqual([other]);
      expect(await listed({ workflowId: "other", states: ["failed"] })).toEqual([]);
    });

    it("lists those under way that changed since a time", async () => {
      const before = await newRun(store, clock);
      const at = clock.now() + 1000;
      await bring(store, await newRun(store, clock), "failed");
      const later = await newRun(store, clock);
      await store.change(later, at, () => ({ events: [{ type: "run.unlocked", by: "Ada" }] }));
      const since = async (time: number) => (await store.underWaySince(time)).map(({ id }) => id);
      expect(await since(at)).toEqual([later]);
      expect(await since(at + 1)).toEqual([]);
      expect(await since(0)).toContain(before);
    });

    it("searches title, subject and id, whatever the case", async () => {
      const title = await newRun(store, clock, { title: "Export URLs" });
      const subject = await newRun(store, clock, { subject: "shop.EXAMPLE" });
      expect(await listed({ search: "uRL" })).toEqual([title]);
      expect(await listed({ search: "Shop.example" })).toEqual([subject]);
      expect(await listed({ search: title.toUpperCase() })).toEqual([title]);
      expect(await listed({ search: "" })).toHaveLength(2);
    });

    it("searches whatever the case in letters outside ASCII too", async () => {
      const id = await newRun(store, clock, { title: "ÉTÉ Übersicht ЖУРНАЛ" });
      for (const search of ["ÉTÉ", "été", "übersicht", "журнал"])
        expect(await listed({ search })).toEqual([id]);
    });

    it("finds words of one and two characters too, wherever they stand", async () => {
      const one = await newRun(store, clock, { title: "n8n é", subject: "部署 x" });
      const other = await newRun(store, clock, { title: "An 8", subject: "署部" });
      for (const search of ["n8", "8N", "É", "é", "部署", "x"])
        expect(await listed({ search })).toEqual([one]);
      for (const search of ["8", "n", "署"]) expect(await listed({ search })).toEqual([other, one]);
      expect(await listed({ search: "An" })).toEqual([other]);
      expect(await listed({ search: "z" })).toEqual([]);
    });

    it("finds what has all the words, in any order, and only that, whatever signs are in them", async () => {
      const both = await newRun(store, clock, { title: "Deploy a stack", subject: 'blog "one" AND more' });
      await newRun(store, clock, { title: "Deploy a stack", subject: "shop" });
      for (const search of ["blog deploy", " BLOG  stack ", '"one"', "one AND", 'a "'])
        expect(await listed({ search })).toEqual([both]);
      for (const search of ["blog shop", "deployblog", "words : blog", "blo*", "blog\0shop"])
        expect(await listed({ search })).toEqual([]);
      expect(await listed({ search: "  " })).toHaveLength(2);
    });

    it("searches within states and a workflow as they are now, and pages through what it finds", async () => {
      const made: string[] = [];
      for (let i = 0; i < 5; i++) made.unshift(await newRun(store, clock, { subject: `job ${i}` }));
      const [newest = "", second = "", third = ""] = made;
      const other = await newRun(store, clock, { workflowId: "flow-2", subject: "job" });
      await bring(store, newest, "failed");
      await bring(store, second, "completed");
      await bring(store, third, "failed");
      expect(await listed({ search: "job", states: ["failed"] })).toEqual([newest, third]);
      expect(await listed({ search: "job", states: ["queued"], workflowId: "flow-2" })).toEqual([other]);
      expect(await listed({ search: "job", states: ["completed", "failed"], workflowId: "flow" })).toEqual(
        made.slice(0, 3),
      );
      await change(store, third, { run: { state: "queued", subject: "anew" }, events: [] });
      expect(await listed({ search: "job", states: ["failed"] })).toEqual([newest]);
      expect(await listed({ search: "anew", states: ["queued"] })).toEqual([third]);
      const seen: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page = await store.runs({
          search: "flow",
          workflowId: "flow",
          limit: 2,
          ...(after === undefined ? {} : { after }),
        });
        seen.push(...page.rows.map(({ run }) => run.id));
        after = page.next;
      }
      expect(seen).toEqual(made);
    });

    it("gives what is over in the order of its last changes, page by page, and nothing of what is under way", async () => {
      const over: string[] = [];
      for (const at of [30, 10, 20]) {
        const id = await newRun(store, clock);
        await bring(store, id, "failed");
        await store.change(id, at, () => ({ events: [{ type: "run.unlocked", by: "Ada" }] }));
        over.push(id);
      }
      await newRun(store, clock);
      const [late = "", early = "", middle = ""] = over;
      const first = await store.overSince({ changedAt: 10, id: "" }, 2);
      expect(first.map(({ id }) => id)).toEqual([early, middle]);
      expect(
        (await store.overSince(first.at(-1) ?? { changedAt: 0, id: "" }, 2)).map(({ id }) => id),
      ).toEqual([late]);
      expect(await store.overSince({ changedAt: 31, id: "" }, 2)).toEqual([]);
    });

    it("takes %, _ and \\ in a search for what they are", async () => {
      const id = await newRun(store, clock, { title: "100% a_b c\\d" });
      await newRun(store, clock, { title: "1000 aXb cd" });
      for (const search of ["0%", "a_b", "c\\d"]) expect(await listed({ search })).toEqual([id]);
      expect(await listed({ search: "%a%" })).toEqual([]);
    });

    it("counts runs as they are after each of their changes", async () => {
      const id = await newRun(store, clock);
      for (const state of ["running", "failed", "queued", "running", "completed"] as const) {
        await change(store, id, { run: { state }, events: [] });
        const counts = await store.countRuns();
        expect(Object.entries(counts).filter(([, n]) => n > 0)).toEqual([[state, 1]]);
      }
    });

    it("counts the runs of every state, none included", async () => {
      await newRun(store, clock);
      await bring(store, await newRun(store, clock), "failed");
      await bring(store, await newRun(store, clock), "failed");
      const none = Object.fromEntries(runStates.map((state) => [state, 0]));
      expect(await store.countRuns()).toEqual({ ...none, queued: 1, failed: 2 });
      expect(await store.atWork({ starter: ownerId, by: "Ada" }, 10)).toBe(1);
      expect(await store.atWork({ starter: ownerId }, 10)).toBe(1);
      expect(await store.atWork({ starter: ownerId, by: "Grace" }, 10)).toBe(0);
      expect(await store.atWork({ starter: "grace" }, 10)).toBe(0);
      await newRun(store, clock);
      await newRun(store, clock);
      expect(await store.atWork({ starter: ownerId, by: "Ada" }, 2)).toBe(2);
    });

    it("gives the events after a number in order, at most as many as asked, and only those of the run", async () => {
      const id = await newRun(store, clock);
      const other = await newRun(store, clock);
      for (const run of [id, other, id, other, id])
        await change(store, run, { events: [{ type: "run.unlocked", by: run }] });
      const events = await store.events(id, 1, 2);
      expect(events.map(({ n, runId }) => [n, runId])).toEqual([
        [2, id],
        [3, id],
      ]);
      expect(await store.events(id, 4, 10)).toEqual([]);
    });

    it("gives log events the very lines they tell of, wherever reading begins", async () => {
      const id = await newRun(store, clock);
      for (const texts of [["a"], ["b", "c"], ["d"]]) await log(id, "fetch", ...texts);
      const lines = (await store.events(id, 2, 10)).map(({ lines }) => lines?.map(({ text }) => text));
      expect(lines).toEqual([["b", "c"], ["d"]]);
    });

    it("leaves progress and log out of the history, and gives the newest of the rest in order", async () => {
      const id = await newRun(store, clock);
      for (const by of ["1", "2", "3"]) {
        await change(store, id, {
          events: [{ type: "step.progress", stepId: "fetch", progress: progress, share: 0.1 }],
        });
        await log(id, "fetch", "line");
        await change(store, id, { events: [{ type: "run.unlocked", by }] });
      }
      const history = await store.history(id, 2);
      expect(history).toMatchObject([
        { type: "run.unlocked", by: "2" },
        { type: "run.unlocked", by: "3" },
      ]);
      expect(await store.history(id, 100)).toHaveLength(4);
    });

    it("gives log lines after a number, or the newest, in order", async () => {
      const id = await newRun(store, clock);
      await log(id, "fetch", "1", "2", "3", "4", "5");
      const texts = async (after: number | null, limit: number) =>
        (await store.logs(id, { after, limit })).map(({ text }) => text);
      expect(await texts(2, 2)).toEqual(["3", "4"]);
      expect(await texts(null, 2)).toEqual(["4", "5"]);
      expect(await texts(5, 2)).toEqual([]);
    });

    it("gives as many lines of one step as were asked for, however many of other steps lie between", async () => {
      const id = await newRun(store, clock);
      await log(id, "fetch", "f1", "f2");
      await log(id, "save", "s1", "s2", "s3");
      await log(id, "fetch", "f3");
      await log(id, "save", "s4", "s5");
      const of = async (after: number | null) =>
        (await store.logs(id, { after, limit: 2, stepId: "fetch" })).map(({ text }) => text);
      expect(await of(null)).toEqual(["f2", "f3"]);
      expect(await of(1)).toEqual(["f2", "f3"]);
    });

    it("gives what the finished steps of the newest completed runs took, the newest run first", async () => {
      const complete = async (activeMs: number, over = {}) => {
        const id = await newRun(store, clock, over);
        for (const state of ["running", "completed"] as const)
          await change(store, id, {
            steps: [{ id: "fetch", patch: { state, activeMs, quietMs: 7 } }],
            events: [],
          });
        await change(store, id, { steps: [{ id: "save", patch: { state: "skipped" } }], events: [] });
        await bring(store, id, "completed");
        return id;
      };
      await complete(1);
      const second = await complete(2);
      await complete(9, { workflowId: "other" });
      await bring(store, await newRun(store, clock), "failed");
      const third = await complete(3);
      expect(await store.past("flow", 2)).toEqual([
        {
          runId: third,
          stepId: "fetch",
          activeMs: 3,
          quietMs: 7,
          skipped: false,
          units: 0,
          foreknown: false,
          size: 0,
        },
        {
          runId: third,
          stepId: "save",
          activeMs: 0,
          quietMs: 0,
          skipped: true,
          units: 0,
          foreknown: false,
          size: 0,
        },
        {
          runId: second,
          stepId: "fetch",
          activeMs: 2,
          quietMs: 7,
          skipped: false,
          units: 0,
          foreknown: false,
          size: 0,
        },
        {
          runId: second,
          stepId: "save",
          activeMs: 0,
          quietMs: 0,
          skipped: true,
          units: 0,
          foreknown: false,
          size: 0,
        },
      ]);
      expect(await store.past("nobody", 2)).toEqual([]);
    });

    it("keeps what was told of a run, the last of each tenth, and gives it of past runs once they have completed", async () => {
      const told = (tenth: number, p50Ms: number) => ({
        tenth,
        at: 5,
        spentMs: 10,
        p10Ms: 1,
        p50Ms,
        p90Ms: 900,
        runs: 4,
      });
      const id = await newRun(store, clock);
      await change(store, id, { events: [], estimates: [told(0, 400), told(1, 300)] });
      await change(store, id, { events: [], estimates: [told(1, 200)] });
      const other = await newRun(store, clock, { workflowId: "other" });
      await change(store, other, { events: [], estimates: [told(0, 1)] });
      await bring(store, other, "completed");
      expect(await store.estimates("flow", 9)).toEqual([]);
      expect((await store.told(id)).map((one) => one.p50Ms)).toEqual([400, 200]);
      await bring(store, id, "completed");
      expect(await store.estimates("flow", 9)).toEqual([
        { ...told(0, 400), runId: id },
        { ...told(1, 200), runId: id },
      ]);
    });

    it("stays healthy while it can be written", async () => {
      const id = await newRun(store, clock);
      await store.healthy();
      expect(await store.version(id)).toBe(1);
    });
  });

const progress = { done: 1, total: 10, what: "rows", unit: "rows", perSecond: null } as const;
