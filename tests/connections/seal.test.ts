import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSeal, openKeyFile } from "#connections/seal.ts";

const random = (n: number) => randomBytes(n);
const seal = createSeal(randomBytes(32), random);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "milepost-seal-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("what was sealed opens again, and the same text never looks the same twice", () => {
  const one = seal.seal("päss 🔑", "c1");
  expect(seal.open(one, "c1")).toBe("päss 🔑");
  expect(seal.seal("päss 🔑", "c1")).not.toBe(one);
  expect(one).toMatch(/^v1\.[\w-]+$/);
});

test("what was sealed for one connection does not open for another, nor with another key", () => {
  const sealed = seal.seal("secret", "c1");
  expect(() => seal.open(sealed, "c2")).toThrow("cannot be opened");
  expect(() => createSeal(randomBytes(32), random).open(sealed, "c1")).toThrow("cannot be opened");
});

test("a sealed text with any one bit changed does not open", () => {
  const sealed = seal.seal("secret", "c1");
  const body = Buffer.from(sealed.slice(3), "base64url");
  for (let at = 0; at < body.length; at += 1) {
    const changed = Buffer.from(body);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => seal.open(`v1.${changed.toString("base64url")}`, "c1")).toThrow("cannot be opened");
  }
  for (const odd of ["", "v1", "v1.", "v2.abc", "v1.AAAA", sealed.slice(0, -8)])
    expect(() => seal.open(odd, "c1")).toThrow("cannot be opened");
});

test("the key file is made once, is for its owner only, and no draft of it stays", async () => {
  const path = join(folder, "key");
  const keys = await Promise.all([1, 2, 3, 4].map(() => openKeyFile(path, random)));
  for (const key of keys) expect(Buffer.from(key)).toEqual(await readFile(path));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["key"]);
});

test("a damaged key file stops the start instead of being replaced", async () => {
  const path = join(folder, "key");
  await writeFile(path, "short");
  await expect(openKeyFile(path, random)).rejects.toThrow("damaged");
  expect(await readFile(path, "utf8")).toBe("short");
});
