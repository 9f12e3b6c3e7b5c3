import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { isOver } from "#core/states.ts";
import { dyingStore } from "../engine/dying-store.ts";
import { newStore } from "../store/new-store.ts";
import { type AppWorld, openAppWorld, shownIn } from "./app-world.ts";

/** Answers whatever is asked until the run is over. */
const toTheEnd = async (world: AppWorld, id: string) => {
  for (;;) {
    const at = await world.when(
      id,
      ({ run }) => (run.state === "asking" || isOver(run.state)) && run.claimedBy === null,
    );
    const asking = at.steps.find(({ state }) => state === "asking");
    if (asking === undefined) return at;
    await world.engine.answer(id, asking.id, shownIn(asking.form), "Ada");
  }
};

/** Runs a workflow with a death at commit n, then again in another process over the same files. */
const liveThrough = async (
  begin: (world: AppWorld) => Promise<string>,
  prepare: (world: AppWorld) => void,
  n: number,
  when: "before" | "after",
) => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-app-crash-"));
  const store = await newStore();
  const { store: dying, died } = dyingStore(store, n, when);
  const first = await openAppWorld({ store: dying, folder });
  prepare(first);
  const id = await begin(first);
  const how = await Promise.race([
    toTheEnd(first, id).then(() => "completed" as const),
    died.then(() => "died" as const),
  ]);
  first.apps.close();
  const second = how === "died" ? await openAppWorld({ store, folder }) : first;
  const end = await toTheEnd(second, id);
  const events = await store.events(id, 0, 2_000);
  const folders = await readdir(folder);
  const finished = end.steps.map(
    ({ id: step }) =>
      events.filter(
        (event) =>
          event.type === "step.state" &&
          event.stepId === step &&
          (event.to === "completed" || event.to === "skipped"),
      ).length,
  );
  const tables = Object.keys(second.apps.list({ limit: 1 }, ({ schema }) => schema.tables).rows[0] ?? {});
  await second.engine.close();
  second.apps.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return { how, end, folders, finished, tables };
};

test.each(["before", "after"] as const)(
  "a server that dies right %s any commit makes one app all the same, and no step twice",
  async (when) => {
    let deaths = 0;
    for (let n = 1; n < 200; n++) {
      const { how, end, folders, finished, tables } = await liveThrough(
        (world) =>
          world.generate({
            description: "customers (name), repairs (customer, problem, status: received / ready)",
          }),
        () => {},
        n,
        when,
      );
      expect(end.run.error, `commit ${n}`).toBeNull();
      expect(end.run.state, `commit ${n}`).toBe("completed");
      expect(folders, `commit ${n}`).toEqual(["customers-and-repairs"]);
      expect(tables, `commit ${n}`).toEqual(["customers", "repairs"]);
      expect(finished, `commit ${n}`).toEqual(end.steps.map(() => 1));
      if (how === "completed") break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(15);
  },
);

test.each(["before", "after"] as const)(
  "a server that dies right %s any commit changes an app once all the same",
  async (when) => {
    let deaths = 0;
    for (let n = 1; n < 200; n++) {
      const { how, end, finished, tables } = await liveThrough(
        (world) => world.change({ app: "shop", request: "add suppliers (name, phone) and remove orders" }),
        (world) => {
          const { schema } = planFromDescription(
            "customers (name needed, phone), orders (number needed, customer, notes)",
          );
          world.apps.create({ ...schema, app: "shop" }, "earlier");
        },
        n,
        when,
      );
      expect(end.run.error, `commit ${n}`).toBeNull();
      expect(end.run.state, `commit ${n}`).toBe("completed");
      expect(tables, `commit ${n}`).toEqual(["customers", "suppliers"]);
      expect(finished, `commit ${n}`).toEqual(end.steps.map(() => 1));
      if (how === "completed") break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(15);
  },
);
