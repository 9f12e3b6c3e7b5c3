import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { taskSteps } from "#compat/tasks/task.ts";
import type { RunWithSteps } from "#core/run.ts";
import { runStates, stepStates } from "#core/states.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { flow, openWorld, realClock } from "../engine/world.ts";

const moment = fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }));
const step = fc.record({
  state: fc.constantFrom(...stepStates),
  share: fc.option(fc.float({ min: 0, max: 1, noNaN: true })),
  startedAt: moment,
  signAt: moment,
  endedAt: moment,
});

test("the view task_progress says of every step what the task API says, wherever a run stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-view-"));
  const file = join(folder, "milepost.sqlite");
  const store = await openSqliteStore({ file, now: realClock.now, random: (n) => randomBytes(n) });
  const nothing = async () => null;
  const world = await openWorld(
    [
      flow()
        .ask("a", "A", { form: async () => ({ fields: [], submit: "Go" }), read: nothing })
        .do("b", "B", { run: nothing, weightMs: 1 })
        .do("c", "C", { run: nothing, weightMs: 1 })
        .hands(() => ({ sentence: "Done." })),
    ],
    { store },
  );
  const client = new Database(file);
  onTestFinished(async () => {
    client.close();
    await world.close();
    await rm(folder, { recursive: true });
  });
  const id = await world.start();
  const { steps } = await world.until(id, "asking");
  await world.engine.close();
  const view = client.prepare("SELECT * FROM task_progress WHERE task_id = ? ORDER BY step");
  const setRun = client.prepare("UPDATE runs SET state = ? WHERE id = ?");
  const setStep = client.prepare(
    "UPDATE steps SET state = @state, share = @share, started_at = @startedAt, sign_at = @signAt, ended_at = @endedAt WHERE run_id = @id AND position = @at",
  );
  fc.assert(
    fc.property(fc.constantFrom(...runStates), fc.tuple(step, step, step), (state, stands) => {
      setRun.run(state, id);
      for (const [at, stand] of stands.entries()) setStep.run({ ...stand, id, at });
      const standing: RunWithSteps["steps"] = steps.map((one, at) => ({ ...one, ...stands[at] }));
      expect(view.all(id)).toEqual(
        taskSteps(state, standing).map(({ order, progress, status }, at) => ({
          task_id: id,
          step: order,
          percent: progress,
          status,
          updated_at: latest(stands[at]),
        })),
      );
    }),
  );
});

/** As SQL writes it: "2024-01-15 10:02:30", in UTC. */
const latest = (
  at: { startedAt: number | null; signAt: number | null; endedAt: number | null } | undefined,
) => {
  const known = [at?.startedAt, at?.signAt, at?.endedAt].filter((one) => one != null);
  return known.length === 0
    ? null
    : new Date(Math.max(...known)).toISOString().slice(0, 19).replace("T", " ");
};
