import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { milepost, testFolder } from "../main/milepost.ts";

test("what init makes can be used as it is, with types that see a wrong name in a folder elsewhere; check tells faults by file and line, and init touches nothing that is there", async () => {
  const folder = join(testFolder(), "own");
  const made = await milepost(["init", folder], {});
  expect([made.code, made.out]).toEqual([0, expect.stringContaining("greet.ts")]);
  const good = await milepost(["check", folder], {});
  expect([good.code, good.out]).toEqual([0, "greet.ts: greet, “Greet somebody”\nAll can be used.\n"]);

  const greet = join(folder, "greet.ts");
  writeFileSync(greet, readFileSync(greet, "utf8").replace("input.name", "input.nmae"));
  writeFileSync(join(folder, "rotate.sh"), "#!/bin/sh\n# milepost: Rotate\n\nif true; then\n");
  writeFileSync(join(folder, "broken.ts"), 'const a: number = 1;\nthrow new Error("No network here.");\n');
  writeFileSync(join(folder, "unread.ts"), "export default {\n");
  const bad = await milepost(["check", folder], {});
  expect(bad.code).toBe(1);
  expect(bad.out).toMatch(/^broken\.ts:2: /m);
  expect(bad.out).toMatch(/^unread\.ts:1: /m);
  expect(bad.out).toMatch(/^rotate\.sh:\d: The shell cannot read it/m);
  expect(bad.out).toMatch(/^warning: greet\.ts:\d+: TypeScript: Property 'nmae'/m);

  expect((await milepost(["init", folder], {})).out).toContain("nothing was changed");
  expect(readFileSync(greet, "utf8")).toContain("nmae");
});
