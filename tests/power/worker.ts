// Changes four runs at a time, and acknowledges each change in a file once it is told to be kept: what a power cut may not take back.
import { randomBytes } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { handClock, newRun } from "../store/samples.ts";

const [, , folder, turns] = process.argv;
if (folder === undefined) throw new Error("usage: worker.ts <folder> <turns>");
const clock = handClock();
const store = await openSqliteStore({
  file: join(folder, "m.sqlite"),
  now: clock.now,
  random: (n) => randomBytes(n),
});
const acknowledged = openSync(join(folder, "acknowledged"), "w");
const acknowledge = (run: string, version: number): void =>
  void writeSync(acknowledged, `${JSON.stringify({ run, version })}\n`);

const runs = await Promise.all(Array.from({ length: 4 }, () => newRun(store, clock)));
for (const run of runs) acknowledge(run, 1);
for (let turn = 2; turn < 2 + Number(turns); turn++) {
  await Promise.all(
    runs.map(async (run) => {
      // Version, step and event say the same number: a change that is kept in part shows.
      await store.change(run, turn, () => ({
        run: { title: `turn ${turn}` },
        steps: [{ id: "fetch", patch: { detail: `turn ${turn}` } }],
        events: [{ type: "step.detail", stepId: "fetch", detail: `turn ${turn} ${"x".repeat(turn * 7)}` }],
      }));
      acknowledge(run, turn);
    }),
  );
}
await store.close();
