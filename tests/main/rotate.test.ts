import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSeal, openKeyFile } from "#connections/seal.ts";
import { triggerOwner } from "#core/trigger.ts";
import { type DataFolder, inDataFolder } from "#main/data-folder.ts";
import { aloneWith } from "#main/keep/alone.ts";
import { forgetSecrets, rotateKey } from "#main/keep/rotate.ts";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { aTrigger, handClock, newRun } from "../store/samples.ts";

const random = (n: number) => randomBytes(n);
const openStore = (file: string) => openSqliteStore({ file, now: Date.now, random });

const rotate = (at: DataFolder) =>
  aloneWith(at, null, (plain) => rotateKey({ at, plain, given: null, next: null, random }));
const forget = (at: DataFolder) =>
  aloneWith(at, null, (plain) => forgetSecrets({ at, plain, given: null, random }));

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
  expect(await rotate(at)).toBe(3);
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
  expect(await forget(at)).toBe(3);
  expect(await hookIn(at.database)).toEqual({ proof: null, secrets: null });
});

/** Where else texts are sealed, with their owners: all that the sources seal and keep. */
const elsewhere = [
  {
    put: "INSERT INTO channels (id, person_id, kind, name, \"values\", sealed, wants, state, created_at, changed_at) VALUES ('c', 'owner', 'telegram', 'T', '{}', ?, '[]', 'on', 1, 1)",
    get: "SELECT sealed AS held FROM channels",
    owner: () => "channel/c",
  },
  {
    put: "INSERT INTO settings (name, value) VALUES ('push keys', json_quote(?))",
    get: "SELECT value ->> '$' AS held FROM settings",
    owner: () => "push keys",
  },
  {
    put: "INSERT INTO sessions (id, secret_hash, user_name, created_at, last_seen_at, expires_at, id_token) VALUES ('s', 'h', 'Ada', 1, 1, 1, ?)",
    get: "SELECT id_token AS held FROM sessions",
    owner: () => "id token",
  },
  {
    put: "UPDATE steps SET result = json_object('made', 'x', 'former', json_object('deep', ?)) WHERE id = 'save'",
    get: "SELECT result ->> '$.former.deep' AS held FROM steps WHERE id = 'save'",
    owner: (runId: string) => `run/${runId}/former-application`,
  },
];

const sealedElsewhere = async () => {
  const at = await withHook();
  const seal = createSeal(readFileSync(at.key), random);
  const store = await openStore(at.database);
  const runId = await newRun(store, handClock());
  await store.close();
  await aloneWith(at, null, async (plain) => {
    for (const { put, owner } of elsewhere) await plain.rows(put, [seal.seal(put, owner(runId))]);
  });
  const held = () =>
    aloneWith(at, null, async (plain) =>
      Promise.all(elsewhere.map(async ({ get }) => (await plain.rows(get))[0]?.held ?? null)),
    );
  return { at, runId, held };
};

test("another key opens all that was sealed besides: channels, push keys, identities and what runs kept", async () => {
  const { at, runId, held } = await sealedElsewhere();
  expect(await rotate(at)).toBe(4);
  const after = createSeal(readFileSync(at.key), random);
  expect((await held()).map((text, n) => after.open(String(text), elsewhere[n]?.owner(runId) ?? ""))).toEqual(
    elsewhere.map(({ put }) => put),
  );
});

test("where the key is lost, channels are left without secrets and push keys are made anew", async () => {
  const { at, held } = await sealedElsewhere();
  rmSync(at.key);
  expect(await forget(at)).toBe(4);
  const [channel, pushKeys, identity] = await held();
  expect(createSeal(readFileSync(at.key), random).open(String(channel), "channel/c")).toBe("{}");
  expect([pushKeys, identity]).toEqual([null, null]);
});
