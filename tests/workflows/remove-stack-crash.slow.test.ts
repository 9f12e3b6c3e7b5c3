import { expect, test } from "vitest";
import { memoryStore } from "../engine/world.ts";
import { addOthers, contents, openStackWorld, ownServer, type StackWorld } from "./deploy-stack-world.ts";
import { createMortal } from "./mortal-process.ts";

/** Goes on to the end of a removal; whoever is asked agrees. */
const toItsEnd = async (world: StackWorld, id: string) => {
  const at = await world.until(id, "asking", "completed", "failed");
  if (at.run.state !== "asking") return at;
  await world.engine.answer(id, "approving", {}, "Ada", { press: "approve" });
  return world.until(id, "completed", "failed");
};

/** Removes a stack with a death at commit n and a new start after it. */
const liveThrough = async (n: number, when: "before" | "after") => {
  const server = await ownServer();
  await addOthers(server);
  const before = contents(server);
  const store = await memoryStore();
  const maker = await openStackWorld(server, { store });
  await maker.over(await maker.deploy({ env: "A=1" }));
  // From here on nothing of it moves any more.
  await maker.engine.close();
  const mortal = createMortal(store, n, when);
  const first = await openStackWorld(server, { store: mortal.store }, mortal.through);
  const id = await first.start({ name: "demo" }, "remove-stack");
  const how = await Promise.race([toItsEnd(first, id).then(() => "ended" as const), mortal.died]);
  const second = how === "died" ? await openStackWorld(server, { store }) : first;
  const { run } = await toItsEnd(second, id);
  await second.engine.close();
  await store.close();
  await server.close();
  return { how, run, server, before };
};

test.each(["before", "after"] as const)(
  "a process killed right %s any commit of a removal leaves a run that ends with all of the stack gone and nothing else",
  async (when) => {
    let deaths = 0;
    for (let n = 2; ; n++) {
      const { how, run, server, before } = await liveThrough(n, when);
      expect(run.error, `commit ${n}`).toBeNull();
      expect(run.outcome?.sentence, `commit ${n}`).toMatch(/^“demo” is removed/);
      expect(contents(server), `commit ${n}`).toEqual(before);
      if (how === "ended") break;
      deaths++;
    }
    // Looking, agreeing, settling, removing and proving: each has a beginning and an end.
    expect(deaths).toBeGreaterThanOrEqual(8);
  },
  120_000,
);
