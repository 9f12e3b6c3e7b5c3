import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCopies, nameOf } from "#authored/copies.ts";
import { testFolder } from "../main/milepost.ts";

const code = { entry: "a.ts", texts: { "a.ts": "export default 1;\n", "lib/b.ts": "export const b = 1;\n" } };

test("a copy is there wholly, under a name that its contents make, and the same contents are one copy", async () => {
  const folder = join(testFolder(), "copies");
  const copies = createCopies(folder);
  const name = await copies.keep(code);
  expect(await copies.read(name)).toEqual(code);
  expect(await copies.keep({ ...code })).toBe(name);
  expect(readdirSync(folder)).toEqual([name]);
  const others = [
    { ...code, entry: "lib/b.ts" },
    { ...code, texts: { ...code.texts, "a.ts": "export default 2;\n" } },
  ];
  expect(new Set([code, ...others].map(nameOf)).size).toBe(3);
});

test("a copy that a crash left half written, or that somebody changed, is none, and is made again; what was begun and what nobody names goes", async () => {
  const folder = join(testFolder(), "copies");
  const copies = createCopies(folder);
  const name = nameOf(code);
  // As after a power cut that kept the name and not the contents, and a kill before the name was given.
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "a.ts"), "");
  mkdirSync(join(folder, ".part-x"));
  utimesSync(join(folder, ".part-x"), 0, 0);
  expect(await copies.read(name)).toBeNull();
  expect(await copies.keep(code)).toBe(name);
  expect(await copies.read(name)).toEqual(code);
  writeFileSync(join(folder, name, "a.ts"), "export default 3;\n");
  expect(await copies.read(name)).toBeNull();
  const other = await copies.keep({ ...code, entry: "lib/b.ts" });
  await copies.removeBut(async (one) => one === other);
  expect(readdirSync(folder)).toEqual([other]);
});

test("processes over one folder that keep the same code at once have one copy of it, and none takes what another is writing away", async () => {
  const folder = join(testFolder(), "copies");
  for (let round = 0; round < 10; round++) {
    const one = { ...code, texts: { ...code.texts, "a.ts": `export default ${round};\n` } };
    const all = Array.from({ length: 6 }, () => createCopies(folder));
    const names = await Promise.all(
      all.map(async (copies) => {
        const name = await copies.keep(one);
        expect(await copies.read(name)).toEqual(one);
        await copies.removeBut(async () => true);
        return name;
      }),
    );
    expect(new Set(names).size).toBe(1);
  }
  expect(readdirSync(folder)).toHaveLength(10);
});
