import { expect, test } from "vitest";
import { memoryStore } from "../engine/world.ts";
import { addOthers, contents, openStackWorld, ownServer, phases } from "./deploy-stack-world.ts";
import { createMortal } from "./mortal-process.ts";

/** Deploys with a death at commit n and a new start after it. */
const liveThrough = async (n: number, when: "before" | "after", deployment: "done" | "error") => {
  const server = await ownServer();
  await addOthers(server);
  server.behaviour.deployment = deployment;
  const before = contents(server);
  const store = await memoryStore();
  const mortal = createMortal(store, n, when);
  const first = await openStackWorld(server, { store: mortal.store }, mortal.through);
  const id = await first.deploy({ env: "A=1" });
  const how = await Promise.race([first.over(id).then(() => "ended" as const), mortal.died]);
  const second = how === "died" ? await openStackWorld(server, { store }) : first;
  const { run, steps } = await second.over(id);
  const events = await store.events(id, 0, 1_000);
  await second.engine.close();
  await store.close();
  await server.close();
  return { how, run, steps, events, server, before };
};

const sweep = async (
  when: "before" | "after",
  deployment: "done" | "error",
  check: (life: Awaited<ReturnType<typeof liveThrough>>, at: string) => void,
): Promise<number> => {
  for (let n = 1; n < 200; n++) {
    const life = await liveThrough(n, when, deployment);
    check(life, `commit ${n}`);
    if (life.how === "ended") return n - 1;
  }
  throw new Error("It never lived to its end.");
};

test.each(["before", "after"] as const)(
  "a process killed right %s any commit leaves a run that ends with one project, one application, one domain and one deployment",
  async (when) => {
    const deaths = await sweep(when, "done", ({ run, steps, events, server }, at) => {
      expect(run.state, at).toBe("completed");
      const { projects, applications, domains, services } = contents(server);
      expect(
        [projects, applications, domains, services].map(({ length }) => length),
        at,
      ).toEqual([2, 2, 2, 1]);
      expect(server.deployments, at).toHaveLength(1);
      for (const step of steps) {
        const ends = events.filter(
          (event) => event.type === "step.state" && event.stepId === step.id && event.to === "completed",
        );
        expect(ends, `${at}, ${step.id}`).toHaveLength(1);
      }
    });
    // Each of the eight phases begins and ends with a commit.
    expect(deaths).toBeGreaterThanOrEqual(2 * phases.length - 1);
  },
  60_000,
);

test.each(["before", "after"] as const)(
  "a process killed right %s any commit of a failing run, rollback included, leaves nothing of it and all of others",
  async (when) => {
    const deaths = await sweep(when, "error", ({ run, server, before }, at) => {
      expect(run.undoneAt, at).not.toBeNull();
      expect(contents(server), at).toEqual(before);
    });
    // Seven phases, and two commits for each of the three that are undone.
    expect(deaths).toBeGreaterThanOrEqual(2 * 7 + 2 * 3 - 1);
  },
  60_000,
);
