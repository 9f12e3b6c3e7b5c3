import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFolder } from "#authored/folder.ts";
import { createGuests } from "#authored/guests.ts";
import type { StartChild } from "#core/child.ts";
import { silent } from "../engine/world.ts";
import { testFolder } from "../main/milepost.ts";

/** A process that ends before it has said a word. */
const mute: StartChild = () => ({
  pid: undefined,
  send: () => {},
  end: async () => {},
  ended: Promise.resolve("ended with code 1"),
});

test("a folder whose files nobody can look at says so, until they can be looked at", async () => {
  const place = testFolder();
  const folder = join(place, "workflows");
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, "a.ts"), "export default 1;\n", { mode: 0o644 });
  const opened = await openFolder({
    ...{ folder, copiesFolder: join(place, "copies"), besides: place, builtIn: [], milepost: {} },
    ...{ uid: process.getuid?.(), log: silent, clock: { now: () => 5 }, guests: createGuests() },
    script: () => {
      throw new Error("No script is there.");
    },
    startChild: mute,
    examineEntry: new URL("file:///nowhere"),
    isNamed: async () => false,
    importUrl: async () => ({}),
  });
  await expect(opened.look()).rejects.toThrow("could not be started");
  expect(opened.fault()).toEqual({ since: 5, sentence: expect.stringContaining("cannot be looked at") });
  rmSync(join(folder, "a.ts"));
  await opened.look();
  expect(opened.fault()).toBe(null);
  await opened.close();
});
