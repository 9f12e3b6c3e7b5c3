import { expect, test } from "vitest";
import type { Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, oneStep, openWorld, stepOf, type World, type WorldOptions } from "./world.ts";

const sentence = "This run was under way both times Milepost ended badly, and may be the reason.";

/** Server processes over the same store, of which each ends the one before as kill -9 does: whatever that one still asks for never comes. */
const processes = async (workflow: Workflow) => {
  const store = await newStore();
  const never = new Promise<never>(() => {});
  let end = () => {};
  const next = (options: WorldOptions = {}): Promise<World> => {
    end();
    let isAlive = true;
    end = () => {
      isAlive = false;
    };
    const mortal = new Proxy(store, {
      get: (of, name) => {
        const found: unknown = Reflect.get(of, name);
        if (typeof found !== "function") return found;
        return (...args: unknown[]) => (isAlive ? Reflect.apply(found, of, args) : never);
      },
    });
    return openWorld([workflow], { store: mortal, ...options });
  };
  return { next, close: () => store.close() };
};

const hangs = () => {
  let begun = 0;
  const waiting: { n: number; resolve(): void }[] = [];
  const release = Promise.withResolvers<string>();
  return {
    release,
    step: {
      readsOnly: true as const,
      run: () => {
        begun++;
        for (const one of waiting) if (begun >= one.n) one.resolve();
        return release.promise;
      },
    },
    begun: () => begun,
    until: (n: number) =>
      begun >= n ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ n, resolve })),
  };
};

test("a step that was under way at two bad ends is not begun a third time before a person says so", async () => {
  const hung = hangs();
  const { next, close } = await processes(oneStep(hung.step));
  const id = await (await next()).start();
  await hung.until(1);
  await next();
  await hung.until(2);
  const third = await next();
  const held = await third.until(id, "asking");
  expect(held.run.recovery).toMatchObject({ outcome: "asking", because: sentence });
  expect(JSON.stringify(stepOf(held, "only").form)).toContain(sentence);
  expect(hung.begun()).toBe(2);
  hung.release.resolve("done");
  await third.engine.answer(id, "only", { decision: "again" }, "Ada");
  await third.until(id, "completed");
  expect(hung.begun()).toBe(3);
  await third.engine.close();
  await close();
});

test("a wait that was being looked at at two bad ends is paused, and goes on when it is resumed", async () => {
  const looks: PromiseWithResolvers<{ done: string }>[] = [];
  const heard: (() => void)[] = [];
  const workflow = flow()
    .wait("job", "The job", {
      everyMs: 1,
      timeoutMs: 60_000,
      look: () => {
        const look = Promise.withResolvers<{ done: string }>();
        looks.push(look);
        for (const hear of heard.splice(0)) hear();
        return look.promise;
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const looked = async (n: number) => {
    while (looks.length < n) await new Promise<void>((resolve) => heard.push(resolve));
  };
  const { next, close } = await processes(workflow);
  const id = await (await next()).start();
  await looked(1);
  await next();
  await looked(2);
  const third = await next();
  const held = await third.until(id, "paused");
  expect(held.run.recovery?.because).toContain(sentence);
  expect(looks).toHaveLength(2);
  await third.engine.resume(id, "Ada");
  await looked(3);
  looks[2]?.resolve({ done: "ready" });
  await third.until(id, "completed");
  await third.engine.close();
  await close();
});

test("a bad end counts neither after one that was as it should be, nor once the run has got on", async () => {
  const [one, two] = [hangs(), hangs()];
  const workflow = flow()
    .do("one", "One", one.step)
    .do("two", "Two", two.step)
    .hands(() => ({ sentence: "Done." }));
  const { next, close } = await processes(workflow);
  const id = await (await next()).start();
  await one.until(1);
  const second = await next({ overrides: { stopGraceMs: 1 } });
  await one.until(2);
  await second.engine.close();
  await next();
  await one.until(3);
  await next();
  await one.until(4);
  one.release.resolve("done");
  await two.until(1);
  const last = await next();
  await two.until(2);
  two.release.resolve("done");
  await last.until(id, "completed");
  await last.engine.close();
  await close();
});
