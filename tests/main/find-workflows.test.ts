import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createKits } from "#kits/kits.ts";
import type { KitDeps } from "#kits/machine.ts";
import { findWorkflows } from "#main/find-workflows.ts";
import type { Host } from "#workflows/host.ts";
import { silent } from "../engine/world.ts";

const sourceOf = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** A definition does not touch its host before a run does: but for its numbers, kits and where a field takes its choices from none of it is needed to find workflows. */
const connections = {} as Host["connections"];
const host = { lookEveryMs: 1_000, connections, kits: createKits({ connections } as KitDeps) } as Host;

/** A workflow's file as its author writes it. */
const good = (id: string, title = id) => `
  import { workflow } from ${JSON.stringify(sourceOf("core/workflow.ts"))};
  import { start } from ${JSON.stringify(sourceOf("core/start.ts"))};
  export default () => workflow("${id}", "${title}", "For tests.", start({ subject: () => "" }))
    .do("only", "Only", { run: async () => 1 })
    .hands(() => ({ sentence: "Done." }));
`;

/** The folder of these workflows: name → the text of its workflow.ts. */
const folderOf = async (workflows: Record<string, string>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-workflows-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(workflows)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "workflow.ts"), text);
  }
  return folder;
};

const find = (folder: string, more: Partial<Host> = {}) =>
  findWorkflows({ folder, host: { ...host, ...more }, log: silent });

test("the workflows of Milepost are found, none is refused, and they are offered in this order", async () => {
  const { workflows, refused } = await find(sourceOf("workflows"));
  expect(refused).toEqual([]);
  expect(workflows.map(({ id }) => id)).toEqual([
    "botify-export",
    "crawl-site",
    "create-bot",
    "bot-log",
    "change-bot",
    "delete-bot",
    "restart-gateway",
    "deploy-stack",
    "deploy-compose",
    "remove-stack",
    "generate-app",
    "change-app",
    "import-rows",
    "run-script",
  ]);
});

test("a workflow that this host has nothing for is neither offered nor refused", async () => {
  const { workflows, refused } = await find(sourceOf("workflows"), { crawls: null });
  expect(refused).toEqual([]);
  expect(workflows.map(({ id }) => id)).not.toContain("crawl-site");
});

test.each([
  ["throws while it loads", "throw new Error('No network here.');", "No network here."],
  ["imports what is not there", "import './missing.ts'; export default 1;", "missing.ts"],
  ["is no TypeScript", "export default (", "workflow.ts"],
  ["exports nothing", "export const a = 1;", "workflow.ts must export (host) => workflow(…) as its default."],
  [
    "exports no function",
    "export default 1;",
    "workflow.ts must export (host) => workflow(…) as its default.",
  ],
  ["throws while it is made", "export default () => { throw new Error('No step yet.'); };", "No step yet."],
  ["throws no error", "export default () => { throw 'tired'; };", "tired"],
  [
    "has two steps of one name",
    good("twice").replace(
      ".hands(",
      ".do('a', 'A', { run: async () => 1 }).do('a', 'B', { run: async () => 1 }).hands(",
    ),
    "two steps",
  ],
  [
    "asks by hand",
    good("byhand").replace('start({ subject: () => "" })', "{ form() {}, read() {}, subject() {} }"),
    "what it asks first must be made by start",
  ],
  ["forgets its end", good("endless").replace(/\.hands\(.*\)\);/, ";"), "end it with hands(…)"],
  ["gives nothing", "export default () => undefined;", "begin it with workflow(…)"],
  [
    "says no id to come after",
    `${good("late")} export const offeredAfter = 3;`,
    "offeredAfter must be the id",
  ],
])("a workflow that %s is refused with a sentence, and the others go on", async (_, text, sentence) => {
  const { workflows, refused } = await find(
    await folderOf({ alpha: good("alpha"), bad: text, omega: good("omega") }),
  );
  expect(workflows.map(({ id }) => id)).toEqual(["alpha", "omega"]);
  expect(refused).toEqual([{ name: "bad", sentence: expect.stringContaining(sentence) }]);
});

test("a workflow whose file never finishes loading is refused, and the others go on", async () => {
  const folder = await folderOf({
    slow: `await new Promise(() => {}); ${good("slow")}`,
    swift: good("swift"),
  });
  const { workflows, refused } = await findWorkflows({ folder, host, log: silent, loadWithinMs: 500 });
  expect(workflows.map(({ id }) => id)).toEqual(["swift"]);
  expect(refused).toEqual([{ name: "slow", sentence: "workflow.ts did not finish loading within 0.5 s." }]);
});

test("of two workflows with one id the second is refused", async () => {
  const { workflows, refused } = await find(
    await folderOf({ one: good("same", "One"), two: good("same", "Two") }),
  );
  expect(workflows.map(({ title }) => title)).toEqual(["One"]);
  expect(refused).toEqual([{ name: "two", sentence: "“one” has the id “same” already." }]);
});

test("a folder without a workflow.ts is told", async () => {
  const folder = await folderOf({ good: good("good") });
  await mkdir(join(folder, "empty"));
  const { workflows, refused } = await find(folder);
  expect(workflows.map(({ id }) => id)).toEqual(["good"]);
  expect(refused).toEqual([{ name: "empty", sentence: expect.stringContaining("workflow.ts") }]);
});

test("a workflow comes after the one it names, and is there also when that one is not", async () => {
  const after = (id: string, other: string) => `${good(id)} export const offeredAfter = "${other}";`;
  const { workflows } = await find(
    await folderOf({
      a: after("a", "m"),
      b: after("b", "nowhere"),
      c: after("c", "a"),
      m: good("m"),
      x: after("x", "y"),
      y: after("y", "x"),
      z: good("z"),
    }),
  );
  expect(workflows.map(({ id }) => id).join(" ")).toBe("b m a c z x y");
});
