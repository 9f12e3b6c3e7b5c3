import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { begin, endAll, lookAt, remove } from "#kits/job/there.ts";
import { type KitDeps, openMachine } from "#kits/machine.ts";
import { setting } from "#kits/variables.ts";
import { testFolder } from "../main/milepost.ts";

const never = new AbortController().signal;
const find = (name: string): string =>
  execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();

/** What a small machine has, and no more. */
const programs = [
  "cat",
  "cut",
  "date",
  "env",
  "find",
  "grep",
  "head",
  "kill",
  "mkdir",
  "mv",
  "nohup",
  "od",
  "rm",
  "rmdir",
  "sed",
  "sleep",
  "tail",
  "touch",
  "wc",
];

test.each([
  ["dash, without setsid and base64", "dash", []],
  ["bash", "bash", ["setsid", "base64"]],
])("a job is begun once, read, ended and taken away where sh is %s", async (_, shell, more) => {
  const folder = testFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(find(shell), join(bin, "sh"));
  for (const name of [...programs, ...more]) {
    const path = find(name);
    if (path.startsWith("/")) symlinkSync(path, join(bin, name));
  }
  const base = join(folder, "jobs");
  const deps = { environment: { PATH: bin, HOME: folder }, jobsFolder: base } as unknown as KitDeps;
  const machine = await openMachine(deps, null, null);
  const place = { base, step: "run1.step", try: "1-1", nonce: randomBytes(12).toString("hex") };
  onTestFinished(async () => void (await endAll(machine, place, never)));
  const look = () => lookAt(machine, place, { from: 0, most: 1_000, path: "", signal: never });
  const text = setting({ word: "it's" }, ["sh", "-c", 'echo "$word"; echo x >> "$HOME/ran"; exit 9']);
  await Promise.all([begin(machine, place, text), begin(machine, place, text)]);
  let seen = await look();
  while (seen.code === null) seen = await look();
  // What it makes may be read by whom its user's files may be read, and what Milepost keeps there by nobody else.
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  expect([modeOf(join(folder, "ran")), modeOf(base)]).toEqual([0o666 & ~process.umask(), 0o700]);
  expect([seen.code, seen.bytes.toString(), readFileSync(join(folder, "ran"), "utf8")]).toEqual([
    9,
    "it's\n",
    "x\n",
  ]);
  await remove(machine, place, never);
  await begin(machine, { ...place, try: "2-2" }, setting({}, ["sh", "-c", 'touch "$HOME/on"; sleep 300']));
  while (!existsSync(join(folder, "on"))) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await endAll(machine, place, never)).toEqual([
    { sentence: "It was ended on this machine (SIGTERM) and is gone.", confirmed: true },
  ]);
  expect(readdirSync(base)).toEqual([]);
});
