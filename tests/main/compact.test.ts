import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { inDataFolder } from "#main/data-folder.ts";
import { compact } from "#main/keep/compact.ts";
import { holdAlone } from "#store/sqlite/only-server.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { freshFolder } from "../store/fresh-folder.ts";
import { bring, change, handClock, newRun } from "../store/samples.ts";

const open = (file: string) =>
  openSqliteStore({
    file,
    now: handClock().now,
    random: (n) => new Uint8Array(n).map(() => Math.random() * 256),
  });

test("a database of an earlier Milepost gives nothing back until it is compacted, and loses nothing by that", async () => {
  const at = inDataFolder(join(freshFolder(), "data"));
  const clock = handClock();
  const made = await open(at.database);
  await made.close();
  // As it would have been made before: without what lets it give back.
  const old = new Database(at.database);
  old.pragma("journal_mode = DELETE");
  old.pragma("auto_vacuum = NONE");
  old.exec("VACUUM");
  old.close();

  const store = await open(at.database);
  const [gone, stays] = [await newRun(store, clock), await newRun(store, clock)];
  const text = "x".repeat(2_000);
  await change(store, gone, {
    events: [],
    logs: Array.from({ length: 500 }, () => ({ stepId: "fetch", attempt: 1, level: "info", text }) as const),
  });
  await bring(store, gone, "completed");
  await store.removal.trim(gone, { at: 1, what: "all", days: null, cleaning: null }, 0);
  await store.removal.trim(gone, { at: 1, what: "all", days: null, cleaning: null }, 500);
  const { unusedBytes, givesBack } = await store.space();
  expect([givesBack, unusedBytes > 500_000, await store.giveBack()]).toEqual([false, true, 0]);
  await store.close();

  const held = holdAlone(at.database);
  await expect(compact(at)).rejects.toMatchObject({ code: "conflict" });
  held.release();
  const { beforeBytes, afterBytes } = await compact(at);
  // A page or two go for what lets it give back.
  expect(beforeBytes - afterBytes).toBeGreaterThan(0.98 * unusedBytes);
  const again = await open(at.database);
  expect(await again.space()).toMatchObject({ bytes: afterBytes, unusedBytes: 0, givesBack: true });
  expect((await again.run(stays))?.run.id).toBe(stays);
  await again.close();
  await expect(compact(inDataFolder(join(freshFolder(), "none")))).rejects.toMatchObject({
    code: "not-found",
  });
});
