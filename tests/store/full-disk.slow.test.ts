import { randomBytes } from "node:crypto";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { withSmallDisk } from "../setup/small-disk.ts";
import { change, handClock, newRun } from "./samples.ts";

// How much room is left decides where SQLite meets the end of the disk: at the lock, at the index of its log, or at a commit.
it.each([0, 8_192, 40_960, 200_000])(
  "says that the disk is full, wherever that is met, and has all that was saved once there is room: %i bytes free",
  async (free) => {
    await withSmallDisk(4, async (folder) => {
      const file = join(folder, "m.sqlite");
      const clock = handClock();
      const open = () => openSqliteStore({ file, now: clock.now, random: (n) => randomBytes(n) });
      const text = "x".repeat(3_000);
      const write = (store: Awaited<ReturnType<typeof open>>, id: string) =>
        change(store, id, { events: [], logs: [{ stepId: "fetch", attempt: 1, level: "info", text }] });

      const first = await open();
      const id = await newRun(first, clock);
      await first.close();
      const { bavail, bsize } = statfsSync(folder);
      const ballast = join(folder, "ballast");
      writeFileSync(ballast, new Uint8Array(bavail * bsize - free));

      let saved = 0;
      const fill = async () => {
        const store = await open();
        try {
          for (; ; saved++) await write(store, id);
        } finally {
          await store.close();
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "disk-full" });

      rmSync(ballast);
      const store = await open();
      try {
        expect((await store.run(id))?.run).toMatchObject({ version: 1 + saved, lastEvent: 1 + saved });
        expect(await store.logs(id, { after: 0, limit: 1_000 })).toHaveLength(saved);
        await write(store, id);
        expect(await store.version(id)).toBe(2 + saved);
      } finally {
        await store.close();
      }
    });
  },
);
