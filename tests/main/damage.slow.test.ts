import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, copyOf, makeData } from "./kept-data.ts";
import { milepost, started, testFolder } from "./milepost.ts";

const home = mkdtempSync(join(tmpdir(), "milepost-kept-"));
const data = join(home, "data");
beforeAll(() => makeData(data));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const overwrite = (file: string, at: number, length: number) => {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, at, at + length);
  writeFileSync(file, bytes);
};
const database = (folder: string) => join(folder, "milepost.sqlite");
const key = (folder: string) => join(folder, "key");

const withoutTables = (folder: string) => {
  rmSync(database(folder));
  new Database(database(folder)).exec("CREATE TABLE t (a); DROP TABLE t").close();
};

const broken: [string, (folder: string) => void, string][] = [
  ["a missing database", (at) => rmSync(database(at)), "milepost.sqlite is missing"],
  ["an empty database", (at) => truncateSync(database(at)), "milepost.sqlite is empty"],
  ["a database without tables", withoutTables, "milepost.sqlite is empty"],
  ["a database that was cut off", (at) => truncateSync(database(at), 20_480), "milepost.sqlite is damaged"],
  ["a database with a broken start", (at) => overwrite(database(at), 0, 16), "milepost.sqlite is damaged"],
  [
    "a database with a broken page",
    (at) => overwrite(database(at), 8_192, 2_048),
    "milepost.sqlite is damaged",
  ],
  [
    "a database that is text",
    (at) => writeFileSync(database(at), "hello ".repeat(100)),
    "milepost.sqlite is damaged",
  ],
  ["a missing key", (at) => rmSync(key(at)), "key is missing"],
  ["an empty key", (at) => truncateSync(key(at)), "key has 0 bytes instead of 32"],
  ["a key that was cut off", (at) => truncateSync(key(at), 31), "key has 31 bytes instead of 32"],
  ["another key", (at) => writeFileSync(key(at), Buffer.alloc(32, 1)), "The key is not the one"],
];

test.each(broken)(
  "%s is told with its path and what to do, and nothing is begun over it",
  async (_, damage, words) => {
    const folder = copyOf(data);
    damage(folder);
    const files = [database(folder), key(folder)];
    const before = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size);
    const told = await started({ MILEPOST_DATA: folder }).then(
      () => "it started",
      ({ message }: Error) => message,
    );
    expect(told).toContain(words);
    expect(told).toContain(folder);
    expect(told).not.toMatch(/SQLITE_|Error:| at /);
    expect(files.map((file) => statSync(file, { throwIfNoEntry: false })?.size)).toEqual(before);
  },
);

test("check tells each missing or changed file and a lost key, with its path, and that all is well where it is", async () => {
  const sound = await check(data);
  expect([sound.code, sound.out]).toEqual([0, expect.stringContaining("All is as it should be.")]);
  const file = "exports/botify/urls.csv";
  const found = async (damage: (folder: string) => void): Promise<string> => {
    const folder = copyOf(data);
    damage(folder);
    const { code, out } = await check(folder);
    expect(code).toBe(1);
    return out.replaceAll(folder, "DATA");
  };
  expect(await found((at) => rmSync(join(at, file)))).toContain(`DATA/${file} is missing`);
  expect(await found((at) => truncateSync(join(at, file), 3))).toContain(
    `DATA/${file} has 3 bytes instead of`,
  );
  expect(await found((at) => overwrite(join(at, file), 1, 1))).toContain(
    `DATA/${file} is not as it was saved`,
  );
  expect(await found((at) => rmSync(key(at)))).toContain("The key DATA/key is missing");
  expect(await found((at) => rmSync(database(at)))).toContain("DATA/milepost.sqlite is missing");
  expect(await found(withoutTables)).toContain("DATA/milepost.sqlite is empty");
  const keyAsFolder = (at: string) => {
    rmSync(key(at));
    mkdirSync(key(at));
  };
  expect(await found(keyAsFolder)).toContain("DATA/key is a folder and should be a file");
  expect(await found((at) => overwrite(database(at), 8_192, 2_048))).toContain(
    "DATA/milepost.sqlite is damaged",
  );
  expect(await found((at) => overwrite(join(at, "apps/repair-shop/app.sqlite"), 4_096, 2_048))).toContain(
    "app.sqlite is damaged",
  );
  expect(await found((at) => chmodSync(key(at), 0o644))).toContain("DATA/key can be read by others");
});

test("newest changes that cannot be read are told by whatever would open them, and one goes on from what can be read", async () => {
  const folder = copyOf(data);
  const env = { MILEPOST_DATA: folder };
  await (await started(env)).end("SIGKILL");
  const log = `${database(folder)}-wal`;
  const whole = readFileSync(log);
  overwrite(log, Math.floor(whole.length / 2), 4_096);
  const damaged = readFileSync(log);
  await expect(started(env)).rejects.toThrow(/-wal.* damaged from its byte .*milepost go-on/s);
  for (const verb of [
    ["check"],
    ["backup", join(folder, "b.zip")],
    ["rotate-key"],
    ["sign-out-all"],
    ["verify-audit"],
  ]) {
    const { code, out, err } = await milepost(verb, env);
    expect([code, out + err]).toEqual([1, expect.stringContaining("milepost go-on")]);
  }
  expect(readFileSync(log)).toEqual(damaged);
  const { code, out } = await milepost(["go-on"], env);
  expect([code, out]).toEqual([0, expect.stringMatching(/^(Up to \d+ changes are lost|Nothing is lost)/)]);
  const aside = /kept as (\S+),/.exec(out)?.[1] ?? "";
  expect(readFileSync(`${aside}-wal`)).toEqual(damaged);
  expect((await milepost(["go-on"], env)).out).toContain("Nothing was changed");
  expect((await check(folder)).out).toContain("All is as it should be.");
  await (await started(env)).end("SIGKILL");
  truncateSync(log, Math.floor(statSync(log).size / 2));
  await expect(started(env)).rejects.toThrow("milepost go-on");
  expect((await milepost(["go-on"], env)).out).toMatch(/^Up to \d+ changes are lost/);
  await started(env);
});

test("where the tables themselves were among the newest changes, nobody goes on without them, and everything stays as it was", async () => {
  const env = { MILEPOST_DATA: join(testFolder(), "data") };
  await (await started(env)).end("SIGKILL");
  const log = `${database(env.MILEPOST_DATA)}-wal`;
  overwrite(log, 20_000, 4_096);
  const damaged = readFileSync(log);
  const { code, err } = await milepost(["go-on"], env);
  expect([code, err]).toEqual([1, expect.stringContaining("its tables were among them")]);
  expect(readFileSync(log)).toEqual(damaged);
  await expect(started(env)).rejects.toThrow("milepost go-on");
});

test("a key that is lost for good can be replaced, and then the server starts and asks for the secrets anew", async () => {
  const folder = copyOf(data);
  rmSync(key(folder));
  const { out } = await milepost(["forget-secrets"], { MILEPOST_DATA: folder });
  expect(out).toMatch(/^\d+ secrets .* are forgotten/);
  await started({ MILEPOST_DATA: folder });
});

test("the key moves to the environment and is changed there; the old one opens nothing any more", async () => {
  const folder = copyOf(data);
  const [first, second] = [1, 2].map((n) => Buffer.alloc(32, n).toString("base64")) as [string, string];
  expect((await milepost(["rotate-key"], { MILEPOST_DATA: folder, MILEPOST_NEW_KEY: first })).err).toBe("");
  expect((await check(folder, { MILEPOST_KEY: first })).code).toBe(0);
  const env = { MILEPOST_DATA: folder, MILEPOST_KEY: first };
  expect((await milepost(["rotate-key"], env)).err).toContain("MILEPOST_NEW_KEY");
  expect((await milepost(["rotate-key"], { ...env, MILEPOST_NEW_KEY: second })).err).toBe("");
  expect((await check(folder, { MILEPOST_KEY: second })).code).toBe(0);
  expect((await check(folder, { MILEPOST_KEY: first })).out).toContain("The key opens 0 of");
  await expect(started(env)).rejects.toThrow("The key is not the one");
});

test("a key is not changed under a running server", async () => {
  const folder = copyOf(data);
  await started({ MILEPOST_DATA: folder });
  expect((await milepost(["rotate-key"], { MILEPOST_DATA: folder })).err).toContain(
    "Another Milepost server is using",
  );
});

test("each start takes from others the right to read what is for its user only", async () => {
  const folder = copyOf(data);
  chmodSync(folder, 0o755);
  chmodSync(database(folder), 0o666);
  await started({ MILEPOST_DATA: folder });
  const modes = [folder, database(folder)].map((path) => (statSync(path).mode & 0o777).toString(8));
  expect(modes).toEqual(["700", "600"]);
});

test("data of another user are told with both users and the way out", async () => {
  const folder = copyOf(data);
  const parent = testFolder();
  chmodSync(parent, 0o755);
  const there = join(parent, "data");
  renameSync(folder, there);
  chmodSync(there, 0o777);
  chownSync(key(there), 0, 0);
  chmodSync(key(there), 0o600);
  // The tests run as root, to whom nothing is forbidden.
  const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bin/milepost", "serve"];
  const told = await started({ MILEPOST_DATA: there }, asNobody).then(
    () => "it started",
    ({ message }: Error) => message,
  );
  expect(told).toMatch(
    /Milepost may not write \S+: it belongs to user 0, and Milepost runs as \S+ \(65534\)/,
  );
  // Nor does it say beside that what is of no use there.
  expect(told).not.toContain("from its sources");
});
