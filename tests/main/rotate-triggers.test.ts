import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSeal, openKeyFile } from "#connections/seal.ts";
import { triggerOwner } from "#core/trigger.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { forgetSecrets, rotateKey } from "#main/keep/rotate.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { aTrigger } from "../store/samples.ts";

const random = (n: number) => randomBytes(n);
const openStore = (file: string) => openSqliteStore({ file, now: Date.now, random });

/** Data with one hook: its secret, the one before, and what it fills into a field. */
const withHook = async () => {
  const at = inDataFolder(mkdtempSync(join(tmpdir(), "milepost-rotate-")));
  onTestFinished(() => rmSync(at.folder, { recursive: true }));
  const seal = createSeal(await openKeyFile(at.key, random), random);
  const sealed = (text: string) => seal.seal(text, triggerOwner("t"));
  const store = await openStore(at.database);
  const when = { kind: "hook", proof: "secret", mapping: {} } as const;
  const proof = { now: sealed("the secret"), former: sealed("the one before") };
  await store.triggers.add(aTrigger("t", { when, proof, secrets: { token: sealed("of the input") } }));
  await store.close();
  return at;
};
const hookIn = async (file: string) => {
  const store = await openStore(file);
  const hook = await store.triggers.get("t");
  await store.close();
  return { proof: hook?.proof ?? null, secrets: hook?.secrets ?? null };
};

test("another key opens a hook's secret, the one before it and its input, and the key before opens none of them", async () => {
  const at = await withHook();
  const before = createSeal(readFileSync(at.key), random);
  expect(await rotateKey({ at, given: null, next: null, random })).toBe(3);
  const after = createSeal(readFileSync(at.key), random);
  const { proof, secrets } = await hookIn(at.database);
  const all = [proof?.now, proof?.former, secrets?.token].map((sealed) => sealed ?? "");
  expect(all.map((sealed) => after.open(sealed, triggerOwner("t")))).toEqual([
    "the secret",
    "the one before",
    "of the input",
  ]);
  for (const sealed of all) expect(() => before.open(sealed, triggerOwner("t"))).toThrow();
});

test("where the key is lost and secrets are forgotten, a hook stays and has none", async () => {
  const at = await withHook();
  rmSync(at.key);
  expect(await forgetSecrets({ at, given: null, random })).toBe(3);
  expect(await hookIn(at.database)).toEqual({ proof: null, secrets: null });
});
