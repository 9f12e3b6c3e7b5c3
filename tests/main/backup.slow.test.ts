import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { check, copyOf, makeData } from "./kept-data.ts";
import { answers, milepost, root, started, testFolder } from "./milepost.ts";
import { token } from "./token.ts";

const home = mkdtempSync(join(tmpdir(), "milepost-kept-"));
const data = join(home, "data");
const sound = [0, expect.stringContaining("All is as it should be.")];
beforeAll(() => makeData(data));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

test("a backup that is made while the server runs is restored whole into an empty folder, readable by its user only, and a server goes on with it", async () => {
  const from = copyOf(data);
  const file = join(testFolder(), "backup.zip");
  const server = await started({ MILEPOST_DATA: from });
  const made = await milepost(["backup", file], { MILEPOST_DATA: from });
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toContain("was read back");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await answers(server.link.origin)).toBe(true);
  const verified = await milepost(["verify-audit", file], { MILEPOST_DATA: from });
  expect(verified.out).toContain("each follows from the one before");
  expect(verified.out).toContain("The audit in the data folder goes on from there.");

  const to = join(testFolder(), "restored");
  const restored = await milepost(["restore", file], { MILEPOST_DATA: to });
  expect([restored.code, restored.err]).toEqual([0, ""]);
  for (const path of ["key", "exports/botify/urls.csv", "apps/repair-shop/schema.json"])
    expect([path, readFileSync(join(to, path))]).toEqual([path, readFileSync(join(from, path))]);
  expect(filesBelow(to).filter((path) => (statSync(path).mode & 0o077) !== 0)).toEqual([]);
  expect(statSync(to).mode & 0o777).toBe(0o700);
  const checked = await check(to);
  expect([checked.code, checked.out]).toEqual(sound);
  const again = await started({ MILEPOST_DATA: to, MILEPOST_API_TOKEN: token });
  const page = await fetch(new URL("/connections", again.link), {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await page.text()).toContain("Account");
});

test("a backup replaces no file, and a restore nothing that is there: neither data nor those of a running server", async () => {
  const from = copyOf(data);
  const file = join(testFolder(), "backup.zip");
  await milepost(["backup", file], { MILEPOST_DATA: from });
  expect((await milepost(["backup", file], { MILEPOST_DATA: from })).err).toContain("is there already");
  expect((await milepost(["restore", file], { MILEPOST_DATA: from })).err).toContain("is not empty");
  await started({ MILEPOST_DATA: from });
  expect((await milepost(["restore", file], { MILEPOST_DATA: from })).err).toContain("server is running");
});

test("a backup with one changed byte in its files, a cut one and a strange file are refused, and nothing is left of them", async () => {
  const file = join(testFolder(), "backup.zip");
  await milepost(["backup", file], { MILEPOST_DATA: data });
  const bytes = readFileSync(file);
  const changedAt = (at: number) => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ 1, at, at + 1);
  for (const [name, content] of Object.entries({
    "changed near its start": changedAt(2_000),
    "changed in the middle": changedAt(bytes.length >> 1),
    cut: bytes.subarray(0, bytes.length - 1_000),
    strange: Buffer.from("no zip"),
  })) {
    const broken = `${file}.${name}`;
    writeFileSync(broken, content);
    const to = join(testFolder(), "restored");
    const { code, err } = await milepost(["restore", broken], { MILEPOST_DATA: to });
    expect([name, code, err]).toEqual([name, 1, expect.stringMatching(/backup/)]);
    expect([name, existsSync(to) ? readdirSync(to) : []]).toEqual([name, []]);
  }
});

test("a key from the environment stays out of the backup and is asked for by the restore", async () => {
  const MILEPOST_KEY = Buffer.alloc(32, 7).toString("base64");
  const from = join(testFolder(), "data");
  const server = await started({ MILEPOST_DATA: from, MILEPOST_KEY });
  await server.end("SIGTERM");
  expect(existsSync(join(from, "key"))).toBe(false);
  const file = join(testFolder(), "backup.zip");
  expect((await milepost(["backup", file], { MILEPOST_DATA: from, MILEPOST_KEY })).code).toBe(0);
  const to = join(testFolder(), "restored");
  expect((await milepost(["restore", file], { MILEPOST_DATA: to })).err).toContain("MILEPOST_KEY");
  expect((await milepost(["restore", file], { MILEPOST_DATA: to, MILEPOST_KEY })).code).toBe(0);
});

/** Kills `milepost …` after so many milliseconds; true when it was still at work. */
const killedAfter = async (
  ms: number,
  args: readonly string[],
  env: Record<string, string>,
): Promise<boolean> => {
  const child = spawn(join(root, "bin/milepost"), args, { env: { ...process.env, ...env }, stdio: "ignore" });
  const gone = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  const [code] = await gone;
  clearTimeout(timer);
  return code === null;
};

/** Moments spread over as long as this takes the first time, from before its first write to after its last; later it takes less. */
const momentsOf = async (work: () => Promise<unknown>): Promise<number[]> => {
  const since = performance.now();
  await work();
  const wholeMs = performance.now() - since;
  // The earliest are for a machine on which the measured one took several times as long as those that follow.
  return [0.08, 0.13, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => share * wholeMs);
};

test("kill -9 at any moment of a backup leaves a whole file or none, and the next one works", async () => {
  const file = join(testFolder(), "backup.zip");
  const moments = await momentsOf(() => milepost(["backup", file], { MILEPOST_DATA: data }));
  rmSync(file);
  let killed = 0;
  for (const ms of moments) {
    killed += Number(await killedAfter(ms, ["backup", file], { MILEPOST_DATA: data }));
    if (!existsSync(file)) continue;
    const to = join(testFolder(), "restored");
    expect((await milepost(["restore", file], { MILEPOST_DATA: to })).err).toBe("");
    rmSync(file);
  }
  expect(killed).toBeGreaterThan(2);
  expect((await milepost(["backup", file], { MILEPOST_DATA: data })).err).toBe("");
  expect(readdirSync(join(file, ".."))).toEqual(["backup.zip"]);
});

test("kill -9 at any moment of a restore leaves nothing on which a server begins, and the next one works", async () => {
  const file = join(testFolder(), "backup.zip");
  await milepost(["backup", file], { MILEPOST_DATA: data });
  const somewhere = join(testFolder(), "restored");
  const moments = await momentsOf(() => milepost(["restore", file], { MILEPOST_DATA: somewhere }));
  let killed = 0;
  for (const ms of moments) {
    const to = join(testFolder(), "restored");
    mkdirSync(to);
    if (!(await killedAfter(ms, ["restore", file], { MILEPOST_DATA: to }))) continue;
    killed += 1;
    const isCutOff = readdirSync(to).includes(".restoring");
    if (isCutOff) await expect(started({ MILEPOST_DATA: to })).rejects.toThrow("was cut off");
    if (isCutOff || readdirSync(to).length === 0)
      expect((await milepost(["restore", file], { MILEPOST_DATA: to })).err).toBe("");
    const checked = await check(to);
    expect([ms, checked.code, checked.out]).toEqual([ms, ...sound]);
  }
  expect(killed).toBeGreaterThan(2);
});

test("kill -9 at any moment of a change of the key leaves every secret open to the key that is there", async () => {
  const from = copyOf(data);
  const moments = await momentsOf(() => milepost(["rotate-key"], { MILEPOST_DATA: from }));
  let killed = 0;
  for (const ms of moments) {
    killed += Number(await killedAfter(ms, ["rotate-key"], { MILEPOST_DATA: from }));
    const server = await started({ MILEPOST_DATA: from });
    await server.end("SIGTERM");
    const checked = await check(from);
    expect([ms, checked.code, checked.out]).toEqual([ms, ...sound]);
    expect(existsSync(join(from, "key.next"))).toBe(false);
  }
  expect(killed).toBeGreaterThan(2);
});
