import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createUsed } from "#authored/used.ts";
import { testFolder } from "../main/milepost.ts";

test("processes over one folder that start together write down at once which code is in use", async () => {
  const folder = testFolder();
  const used = new Map([["a.ts", "0123456789abcdef0123"]]);
  const all = Array.from({ length: 12 }, () => createUsed(join(folder, "workflow-code.json")));
  await Promise.all(all.map((one) => one.write(used)));
  expect(await all[0]?.read()).toEqual(used);
  expect(readdirSync(folder)).toEqual(["workflow-code.json"]);
});
