import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createAppRegistry } from "#apps/registry.ts";
import { sqliteOf } from "./sqlite-of.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "app-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lets a process make, change, restore and remove an app, and kills it after about so long. */
const churn = async (ms: number): Promise<void> => {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("./churn.ts", import.meta.url)), folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  await sleep(ms);
  expect(child.exitCode, "the process ended by itself").toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
};

it("leaves a whole app or none at all, whenever the process is killed", async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 12; round++) {
    await churn(round * 14);
    const registry = createAppRegistry({ folder, now: () => Date.now() });
    const app = registry.find("repair-shop");
    seen.add(
      app === null
        ? "none"
        : Object.hasOwn(app.schema.tables.customers?.columns ?? {}, "city")
          ? "changed"
          : "made",
    );
    if (app !== null) {
      for (const [name, { columns }] of Object.entries(app.schema.tables))
        expect(app.db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(name)).toEqual([
          "id",
          ...Object.keys(columns).filter((one) => one !== "city"),
          "created_at",
          "updated_at",
          ...(Object.hasOwn(columns, "city") ? ["city"] : []),
        ]);
      expect(sqliteOf(app.db).pragma("integrity_check", { simple: true })).toBe("ok");
      expect(JSON.parse(readFileSync(join(folder, "repair-shop/schema.json"), "utf8"))).toEqual(app.schema);
    }
    registry.close();
  }
  // Killed at one point only, nothing would be proven.
  expect(seen.size).toBeGreaterThan(1);
});
