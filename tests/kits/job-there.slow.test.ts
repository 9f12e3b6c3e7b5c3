import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { linesIn, type Seen } from "#kits/job/looking.ts";
import { trimScript } from "#kits/job/on-machine.ts";
import { begin, endAll, lookAt, remove } from "#kits/job/there.ts";
import { type KitDeps, openMachine } from "#kits/machine.ts";
import { setting } from "#kits/variables.ts";
import { testFolder } from "../main/milepost.ts";

const never = new AbortController().signal;

const openThere = async () => {
  const folder = testFolder();
  const base = join(folder, "jobs");
  const environment = { PATH: process.env.PATH, HOME: folder };
  const machine = await openMachine({ environment, jobsFolder: base } as unknown as KitDeps, null, null);
  const place = { base, step: "run1.step", try: "1-1", nonce: randomBytes(12).toString("hex") };
  onTestFinished(async () => void (await endAll(machine, place, never)));
  const own = join(base, place.step, place.try);
  const look = (from = 0, most = 1_000_000): Promise<Seen> =>
    lookAt(machine, place, { from, most, path: "", signal: never });
  /** Resolves with the first look that fits. */
  const until = async (fits: (seen: Seen) => boolean): Promise<Seen> => {
    for (let seen = await look(); ; seen = await look()) if (fits(seen)) return seen;
  };
  return { folder, base, machine, place, own, look, until };
};

const scriptOf = (script: string, variables = {}): string => setting(variables, ["sh", "-c", script]);
const isOver = ({ code, state }: Seen): boolean => code !== null || state === "gone";

test("however often and however much at once a script is begun under one key, it runs once", async () => {
  const { folder, machine, place, until } = await openThere();
  const text = scriptOf(`echo ran >> ${folder}/ran; sleep 0.3`);
  const said = await Promise.all(Array.from({ length: 6 }, () => begin(machine, place, text)));
  expect(new Set(said)).toEqual(new Set(["1-1"]));
  await until(isOver);
  expect(await begin(machine, place, text)).toBe("1-1");
  expect(readFileSync(join(folder, "ran"), "utf8")).toBe("ran\n");
});

test("a start that was cut off while it was handed over has begun nothing, and the next one begins it", async () => {
  const { folder, machine, place, own, until } = await openThere();
  const cutOff = {
    ...machine,
    run: (argv: readonly string[], options: object) =>
      machine.run(argv, {
        ...(options as Parameters<typeof machine.run>[1]),
        stdin: "x=1; export x\nset -- rm -rf /nothing",
      }),
  };
  await expect(begin(cutOff, place, scriptOf("true"))).rejects.toMatchObject({ code: "remote-failed" });
  expect(readdirSync(own)).toEqual([]);
  await begin(machine, place, scriptOf(`echo ran >> ${folder}/ran`));
  expect((await until(isOver)).code).toBe(0);
  expect(readFileSync(join(folder, "ran"), "utf8")).toBe("ran\n");
});

test("what a script is given is in a file for its user only, which is gone when it has begun, and in no list of processes", async () => {
  const { folder, base, machine, place, own, until } = await openThere();
  const secret = "s3cret'; touch gotcha; '";
  await begin(machine, place, scriptOf(`printf %s "$token" > ${folder}/got; sleep 5`, { token: secret }));
  while (!existsSync(join(folder, "got"))) await new Promise((resolve) => setTimeout(resolve, 5));
  const lists = execFileSync("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"], {
    encoding: "utf8",
  });
  expect(lists).not.toContain("s3cret");
  expect(readdirSync(own).filter((name) => name.startsWith("env"))).toEqual([]);
  expect(readdirSync(own).some((name) => readSafely(join(own, name)).includes("s3cret"))).toBe(false);
  for (const at of [base, own]) expect(statSync(at).mode & 0o077).toBe(0);
  expect(readFileSync(join(folder, "got"), "utf8")).toBe(secret);
  expect((await endAll(machine, place, never)).map(({ sentence }) => sentence).join()).toContain("is gone");
  expect(await until(({ state }) => state === "none")).toMatchObject({ code: null });
});
const readSafely = (path: string): string => (statSync(path).isFile() ? readFileSync(path, "utf8") : "");

test("whoever is told to end ends with all that it began, also what began a group of its own, and nothing is left", async () => {
  const { folder, base, machine, place } = await openThere();
  await begin(
    machine,
    place,
    scriptOf(
      `setsid sh -c 'echo $$ > ${folder}/far; exec sleep 300' & trap "" TERM; echo $$ > ${folder}/near; while :; do sleep 300; done`,
    ),
  );
  while (!existsSync(join(folder, "far")) || !existsSync(join(folder, "near")))
    await new Promise((resolve) => setTimeout(resolve, 5));
  const pids = ["far", "near"].map((name) => readFileSync(join(folder, name), "utf8").trim());
  expect(await endAll(machine, place, never)).toEqual([
    { sentence: "It was ended on this machine (SIGKILL) and is gone.", confirmed: true },
  ]);
  for (const pid of pids) expect(isThere(pid)).toBe(false);
  expect(readdirSync(base)).toEqual([]);
});
/** A zombie is nobody. */
const isThere = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

test("a script that something killed, one whose watcher was killed and one whose machine was restarted are told apart from one that ended", async () => {
  const killed = await openThere();
  await begin(killed.machine, killed.place, scriptOf("kill -s KILL $$"));
  expect(await killed.until(isOver)).toMatchObject({ code: 137 });

  const orphaned = await openThere();
  await begin(
    orphaned.machine,
    orphaned.place,
    scriptOf(`kill -s KILL $PPID; echo on; until [ -e ${orphaned.folder}/go ]; do sleep 0.02; done`),
  );
  const alone = await orphaned.until(({ state, bytes }) => state !== "running" && bytes.length > 0);
  expect([alone.state, alone.code, alone.bytes.toString()]).toEqual(["orphan", null, "on\n"]);
  writeFileSync(join(orphaned.folder, "go"), "");
  expect(await orphaned.until(({ state }) => state === "gone")).toMatchObject({ code: null });

  const restarted = await openThere();
  await begin(restarted.machine, restarted.place, scriptOf("sleep 300"));
  const pid = join(restarted.own, "pid");
  const [own = "", began = ""] = readFileSync(pid, "utf8").split(" ");
  const { pid: told } = await restarted.look();
  expect(String(told)).toBe(own);
  writeFileSync(pid, `${own} ${began} another-boot\n`);
  expect(await restarted.look()).toMatchObject({ state: "restarted", code: null });
  await restarted.machine.end(restarted.place.nonce, Number(own));
  // The number of a process may be somebody else's by now.
  writeFileSync(pid, `1 4 ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8")}`);
  expect(await restarted.look()).toMatchObject({ state: "gone" });
});

test("of a later try, an earlier one that runs the same is taken over, one that runs something else is ended first, and one that is over goes", async () => {
  const { folder, base, machine, place } = await openThere();
  const later = { ...place, try: "2-2" };
  const same = scriptOf(`echo a >> ${folder}/ran; sleep 300`);
  await begin(machine, place, same);
  expect(await begin(machine, later, same)).toBe("1-1");
  const other = scriptOf(`echo b >> ${folder}/ran; true`);
  expect(await begin(machine, later, other)).toBe("2-2");
  expect(readdirSync(join(base, place.step))).toEqual(["2-2"]);
  while (readFileSync(join(folder, "ran"), "utf8") !== "a\nb\n")
    await new Promise((resolve) => setTimeout(resolve, 5));
  await begin(machine, { ...place, try: "3-3" }, scriptOf("true"));
  expect(readdirSync(join(base, place.step))).toEqual(["3-3"]);
  await remove(machine, { ...place, try: "3-3" }, never);
  expect(readdirSync(base)).toEqual([]);
});

test("what ended here long ago and was never read goes with the next beginning, what still runs stays", async () => {
  const { base, machine, place } = await openThere();
  const old = { ...place, step: "old.step" };
  const busy = { ...place, step: "busy.step" };
  for (const [one, script] of [
    [old, "true"],
    [busy, "sleep 300"],
  ] as const)
    await begin(machine, one, scriptOf(script));
  while ((await lookAt(machine, old, { from: 0, most: 0, path: "", signal: never })).code === null);
  execFileSync("sh", ["-c", `find ${base} -type f -exec touch -d '40 days ago' {} +`]);
  mkdirSync(join(base, "not-ours"));
  await begin(machine, place, scriptOf("true"));
  expect(readdirSync(base).sort()).toEqual(["busy.step", "not-ours", "run1.step"]);
  await endAll(machine, busy, never);
});

test("any bytes come back as they were written, from any byte on, and lines are cut where they end", async () => {
  const { machine, place, look, until } = await openThere();
  const written = Buffer.from([...Array(256).keys()].filter((one) => one !== 0)).toString("latin1");
  const bytes = Buffer.concat([Buffer.from("é\n"), Buffer.from(written, "latin1")]);
  const octal = [...bytes].map((one) => `\\${one.toString(8).padStart(3, "0")}`).join("");
  await begin(machine, place, scriptOf(`printf '${octal}'`));
  await until(isOver);
  for (const from of [0, 1, 7, bytes.length - 1, bytes.length])
    expect((await look(from)).bytes.equals(bytes.subarray(from))).toBe(true);
  expect((await look(2, 3)).bytes.equals(bytes.subarray(2, 5))).toBe(true);
  const cut = (text: string, last = false) => linesIn(Buffer.from(text), { last, full: false });
  expect(cut("a\r\nb\rc\nd")).toEqual({
    lines: [
      { text: "a", over: false },
      { text: "b", over: true },
      { text: "c", over: false },
    ],
    takenBytes: 7,
    rest: "d",
  });
  // Whether a carriage return ends a line or is written over is known with what follows it.
  expect(cut("a\r")).toMatchObject({ takenBytes: 0, rest: "a" });
  expect(cut("a\r", true).lines).toEqual([{ text: "a", over: true }]);
  expect(cut("\n\nx\n").lines.map(({ text }) => text)).toEqual(["", "", "x"]);
  // Of what is still to come a letter may be here by half.
  const half = Buffer.from("a\né").subarray(0, 3);
  expect(linesIn(half, { last: false, full: false })).toMatchObject({ takenBytes: 2, rest: "" });
});

test("of what a script writes without end a part is kept on its machine, and it is known from which byte on that is", async () => {
  const { folder, machine, place, own, look, until } = await openThere();
  const go = join(folder, "go");
  await begin(
    machine,
    place,
    scriptOf(`head -c 3000 /dev/zero | tr "\\0" a; until [ -e ${go} ]; do sleep 0.01; done; printf end`),
  );
  const { pid } = await until(({ writtenBytes }) => writtenBytes === 3_000);
  const trimming = spawn("sh", ["-c", trimScript, "milepost-trim", own, String(pid), "1000", "0.01"], {
    stdio: "ignore",
  });
  onTestFinished(() => void trimming.kill("SIGKILL"));
  while (!existsSync(join(own, "base"))) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await until(({ from }) => from === 3_000)).toMatchObject({
    writtenBytes: 3_000,
    bytes: Buffer.from(""),
  });
  writeFileSync(go, "");
  expect(await until(isOver)).toMatchObject({
    code: 0,
    writtenBytes: 3_003,
    from: 3_000,
    bytes: Buffer.from("end"),
  });
  expect((await look(3_001)).bytes.toString()).toBe("nd");
});
