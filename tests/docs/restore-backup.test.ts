import { readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { openWorld, type World } from "../engine/world.ts";
import { restoreBackup } from "./restore-backup.ts";
import type { Vault } from "./vault.ts";

let world: World | undefined;
afterEach(() => world?.close());

const textOf = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

test("the workflow that the documentation shows is this one, word for word", async () => {
  const shown = (await textOf("../../docs/build/workflow-reference.md")).match(/```ts\n([\s\S]*?)```/)?.[1];
  const file = await textOf("restore-backup.ts");
  expect(shown).toBe(file.replace(/^import type \{ Vault \}.*\n/m, ""));
});

test("the workflow that the documentation shows restores what was chosen, with the secret, and can undo it", async () => {
  const did: string[] = [];
  const vault: Vault = {
    backups: async (database) => [
      { value: `${database}-mon`, label: "Monday" },
      { value: `${database}-tue`, label: "Tuesday" },
    ],
    restore: async (backup, { password, onBytes }) => {
      onBytes(1, 1);
      did.push(`restored ${backup} with ${password}`);
      return { name: `copy of ${backup}`, sizeBytes: 1 };
    },
    remove: async (copy) => void did.push(`removed ${copy?.name}`),
    isUp: async () => true,
  };
  world = await openWorld([restoreBackup(vault)]);
  const id = await world.start({ database: "orders", password: "s3cret-one" });
  await world.until(id, "asking");
  await expect(world.engine.answer(id, "which", { backup: "other" }, "Ada")).rejects.toMatchObject({
    code: "bad-answer",
    field: "backup",
  });
  await world.engine.answer(id, "which", { backup: "orders-tue" }, "Ada");
  const { run } = await world.until(id, "completed");
  expect(run.outcome?.sentence).toBe("orders is as it was in orders-tue.");
  expect(JSON.stringify([run.input, run.values])).not.toContain("s3cret");
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect(did).toEqual(["restored orders-tue with s3cret-one", "removed copy of orders-tue"]);
});
