import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Connections } from "#core/connection.ts";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";
import { scriptWorkflow } from "#kits/script/script-workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { testFolder } from "../main/milepost.ts";

let world: World | undefined;
afterEach(() => world?.close());

const scriptOf = (text: string) => {
  const connections = { list: async () => [] } as unknown as Connections;
  const environment = { PATH: process.env.PATH };
  const kits = createKits({ connections, environment, jobsFolder: testFolder() } as unknown as KitDeps);
  return scriptWorkflow("try-it.sh", text, { connections, ...kits });
};
const linesOf = async (id: string) =>
  (await world?.store.logs(id, { after: 0, limit: 100 }))?.map(({ text }) => text);

test("a script that fails says so with its code and its last words, its check is a step of its own, and what it says of its progress is shown", async () => {
  world = await openWorld([
    scriptOf(
      "#!/bin/sh\n# milepost: A\n# check: exit 4\n\necho '::progress 2/3 files'\necho out\necho err >&2\n",
    ),
  ]);
  const id = await world.start();
  const { run, steps } = await world.until(id, "failed");
  expect(run.error).toMatchObject({ stepId: "check", code: "remote-failed" });
  expect(run.error?.message).toBe("The script ended with code 4 on this machine.");
  expect(steps[0]).toMatchObject({
    state: "completed",
    result: "err",
    progress: { done: 2, total: 3, what: "files" },
  });
  expect((await linesOf(id))?.sort()).toEqual(["err", "out"]);
});

test("a script that is cancelled ends with all that it has begun, and says so", async () => {
  const marker = join(testFolder(), "alive");
  world = await openWorld([
    scriptOf(`#!/bin/sh\n# milepost: A\n\nsh -c 'touch ${marker}; sleep 300; echo more' &\nwait\n`),
  ]);
  const { engine } = world;
  const id = await world.start();
  while (!existsSync(marker)) await new Promise((resolve) => setTimeout(resolve, 20));
  await engine.cancel(id, "Ada");
  const { run } = await world.until(id, "cancelled");
  expect(run.cancel?.unconfirmed).toBeNull();
});

test("a script says how it is taken back, and undoing its run does that", async () => {
  const made = join(testFolder(), "made");
  world = await openWorld([
    scriptOf(
      `#!/bin/sh\n# milepost: A\n# ask: file text "File" = ${made}\n# undo: rm -f -- "$file"\n\n: > "$file"\n`,
    ),
  ]);
  const id = await world.start();
  await world.until(id, "completed");
  expect(existsSync(made)).toBe(true);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect(existsSync(made)).toBe(false);
});
