import { describe, expect, it, onTestFinished } from "vitest";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { isOver } from "#core/states.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { dyingStore } from "./dying-store.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** A place that runs share, which notes who is in it. */
const createPlace = (atOnce?: number) => {
  const inside = new Set<string>();
  const happened: string[] = [];
  let most = 0;
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const gate = (name: string) => {
    const found = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, found);
    return found;
  };
  const turn = {
    of: ({ place }: { place: string }) => (place === "" ? null : place),
    ...(atOnce === undefined ? {} : { atOnce }),
  };
  const within = async (name: string, signal: AbortSignal, work?: () => Promise<void>) => {
    inside.add(name);
    most = Math.max(most, inside.size);
    const stopped = new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    try {
      await Promise.race([work?.(), stopped]);
    } finally {
      inside.delete(name);
    }
  };
  const flow = () =>
    workflow(
      "visit",
      "A visit",
      "For tests.",
      start({ fields: [text("place", "Where?"), text("name", "Who?")], subject: ({ name }) => name }),
    )
      .do("enter", "Enter", {
        readsOnly: true,
        turn,
        run: ({ input: { name }, signal }) =>
          within(name, signal, async () => {
            happened.push(`${name} enters`);
            gate(`${name} enters`).resolve();
            if (name.includes("held")) await gate(name).promise;
            if (name.includes("broken")) throw new Error("broke");
          }),
        undo: async ({ input: { name } }) => void happened.push(`${name} is undone`),
      })
      .wait("look", "Look", {
        ...{ everyMs: 1, timeoutMs: 60_000, turn },
        look: async ({ look }) => (look > 2 ? { done: true } : { waiting: "LOOKING" }),
      })
      .do("leave", "Leave", {
        readsOnly: true,
        turn,
        run: async ({ input: { name } }) => void happened.push(`${name} leaves`),
      })
      .ask("well", "Was it well?", {
        form: () => ({ fields: [], submit: "Yes" }),
        read: () => "yes",
      })
      .hands(() => ({ sentence: "Visited." }));
  return {
    ...{ flow, happened, most: () => most },
    open: (name: string) => gate(name).resolve(),
    entered: (name: string) => gate(`${name} enters`).promise,
  };
};

const openPlace = async (atOnce?: number, options?: WorldOptions) => {
  const place = createPlace(atOnce);
  const world = await openWorld([place.flow()], options);
  onTestFinished(() => world.close());
  const visit = (name: string, where = "here") => world.start({ place: where, name });
  const isBehind = (id: string, ahead = 1) => world.when(id, ({ run }) => run.behind?.ahead === ahead);
  return { ...world, place, visit, isBehind };
};

describe("a step that needs a turn", () => {
  it("waits without a slot behind whoever came first, says so, and goes on by itself when that one is through", async () => {
    const { place, visit, isBehind, until, engine } = await openPlace(1, {
      overrides: { concurrency: 2 },
    });
    const first = await visit("held");
    await place.entered("held");
    const second = await visit("second");
    const { run } = await isBehind(second);
    expect(run).toMatchObject({ state: "waiting", claimedBy: null });
    const behind = { runId: first, number: 1, title: "A visit", subject: "held", ahead: 1, aboutMs: null };
    expect((await engine.picture(second)).behind).toEqual(behind);
    expect((await engine.picture(second)).signs).toEqual([]);
    const listed = (await engine.runs({ limit: 5 })).rows.find(({ id }) => id === second);
    expect(listed).toMatchObject({ now: "Waits behind A visit #1 (held).", behind });
    await until(await visit("elsewhere", "there"), "asking");
    await until(await visit("anywhere", ""), "asking");
    place.open("held");
    const after = await until(second, "asking");
    expect(after.run).toMatchObject({ turn: null, turnPlace: null, behind: null });
    const ofBoth = place.happened.filter((line) => /held|second/.test(line));
    expect(ofBoth).toEqual(["held enters", "held leaves", "second enters", "second leaves"]);
  });

  it("lets in as many as may be there at once, first come, first served, and never one more", async () => {
    const { place, visit, isBehind, until } = await openPlace(2, { overrides: { concurrency: 9 } });
    const names = ["held 1", "held 2", "held 3", "held 4", "held 5"];
    const ids: string[] = [];
    for (const [n, name] of names.entries()) {
      const id = await visit(name);
      ids.push(id);
      await (n < 2 ? place.entered(name) : isBehind(id, n));
    }
    for (const [n, name] of names.entries()) {
      place.open(name);
      await until(ids[n] ?? "", "asking");
    }
    expect(place.most()).toBe(2);
    expect(place.happened.filter((line) => line.endsWith("enters"))).toEqual(
      names.map((name) => `${name} enters`),
    );
  });

  it("gives its turn back when its run fails, is cancelled, or is paused; who goes on stands at the end", async () => {
    const { place, visit, isBehind, until, engine } = await openPlace();
    const cancelled = await visit("held and cancelled");
    await place.entered("held and cancelled");
    const broken = await visit("broken");
    await isBehind(broken);
    const paused = await visit("paused");
    await isBehind(paused, 2);
    const left = await visit("left");
    await isBehind(left, 3);
    await engine.pause(paused, "Ada");
    await engine.cancel(left, "Ada");
    await until(left, "cancelled");
    const last = await visit("last");
    await isBehind(last, 2);
    await engine.resume(paused, "Ada");
    await isBehind(paused, 3);
    await engine.cancel(cancelled, "Ada");
    await until(broken, "failed");
    await until(last, "asking");
    await until(paused, "asking");
    expect(place.happened.filter((line) => line.endsWith("enters"))).toEqual([
      ...["held and cancelled enters", "broken enters", "last enters", "paused enters"],
    ]);
  });

  it("needs it to be undone as well", async () => {
    const { place, visit, isBehind, until, when, engine } = await openPlace();
    const done = await visit("done");
    await until(done, "asking");
    await engine.cancel(done, "Ada");
    await until(done, "cancelled");
    await visit("held");
    await place.entered("held");
    await engine.undo(done, "Ada");
    const { run } = await isBehind(done);
    expect(run.state).toBe("undoing");
    expect(place.happened).not.toContain("done is undone");
    place.open("held");
    await when(done, (at) => at.run.undoneAt !== null);
    expect(place.happened.slice(-2)).toEqual(["held leaves", "done is undone"]);
  });

  it("tells about how long it takes until its turn comes, once past runs tell", async () => {
    const { place, visit, isBehind, until, engine } = await openPlace();
    for (const name of ["one", "two"]) {
      const id = await visit(name);
      await until(id, "asking");
      await engine.answer(id, "well", {}, "Ada");
      await until(id, "completed");
    }
    await visit("held");
    await place.entered("held");
    const { run } = await isBehind(await visit("second"));
    expect(run.behind?.aboutMs).toEqual(expect.any(Number));
    const third = await isBehind(await visit("third"), 2);
    expect(third.run.behind?.aboutMs).toBe(null);
    place.open("held");
  });
});

describe("a process that dies at any commit of two runs that share a turn", () => {
  const through = async (world: World, ids: readonly string[]) => {
    for (const id of ids) await world.when(id, ({ run }) => run.state === "asking" || isOver(run.state));
  };

  it("leaves no turn taken: the next one lets both through, one after the other", async () => {
    let deaths = 0;
    for (let n = 1; n < 200; n++) {
      const place = createPlace();
      const store = await newStore();
      const { store: dying, died } = dyingStore(store, n, "before");
      const first = await openWorld([place.flow()], { store: dying });
      const ids = [
        await first.start({ place: "here", name: "one" }),
        await first.start({ place: "here", name: "two" }),
      ];
      const how = await Promise.race([through(first, ids).then(() => "through"), died.then(() => "died")]);
      const second = how === "died" ? await openWorld([place.flow()], { store }) : first;
      await through(second, ids);
      const entered = place.happened.map((line) => line.split(" ")[0]);
      expect(new Set(entered).size, `commit ${n}`).toBe(2);
      expect(
        entered.lastIndexOf("one") < entered.indexOf("two") ||
          entered.lastIndexOf("two") < entered.indexOf("one"),
        `commit ${n}: ${place.happened.join(", ")}`,
      ).toBe(true);
      expect(await store.line("here"), `commit ${n}`).toEqual([]);
      await second.close();
      if (how === "through") break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(10);
  });
});
