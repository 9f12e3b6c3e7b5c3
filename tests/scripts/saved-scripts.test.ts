import { expect, test } from "vitest";
import type { Others } from "#core/others.ts";
import type { ScriptVersion } from "#core/saved-script.ts";
import { fixedWorkflows } from "#core/workflows.ts";
import { openScripts, type ScriptsDeps } from "#scripts/saved-scripts.ts";
import { flow, realClock, silent } from "../engine/world.ts";

const version = (n: number): ScriptVersion => ({
  ...{ id: "script-a", n, name: "A", about: "", script: "true", inputs: "", check: "", undo: "", as: "" },
  ...{ minutes: 5, savedAt: 0, savedBy: "Ada" },
});

test("scripts that were read earlier never take the place of those that were read later", async () => {
  const slow = Promise.withResolvers<ScriptVersion[]>();
  const reads = [Promise.resolve([version(1)]), slow.promise, Promise.resolve([version(3)])];
  let hear: Parameters<Others["listen"]>[0] = () => {};
  const scripts = await openScripts({
    table: { offered: () => reads.shift() } as unknown as ScriptsDeps["table"],
    accounts: { audit: async () => {} },
    clock: realClock,
    log: silent,
    others: fixedWorkflows([]),
    processes: {
      say: () => {},
      listen: (call) => {
        hear = call;
        return () => {};
      },
    } as Others,
    make: ({ id }) => ({
      ...flow(id)
        .do("a", "A", { run: async () => 1, readsOnly: true })
        .hands(() => ({ sentence: "" })),
      id,
    }),
  });
  hear("scripts");
  hear("scripts");
  await new Promise((resolve) => setImmediate(resolve));
  slow.resolve([version(2)]);
  await expect.poll(() => scripts.offered().map(({ n }) => n)).toEqual([3]);
});
