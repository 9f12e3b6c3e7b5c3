import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { type Sshd, startSshd } from "../connectors/ssh/sshd.ts";
import { testFolder } from "../main/milepost.ts";
import { breakOff, startKillable } from "./killable.ts";

const startEngine = (folder: string, servers: object) => {
  const engine = startKillable(folder, servers);
  onTestFinished(engine.kill);
  return engine;
};

test("Milepost is killed at instants that nobody chose, and OpenSSH's sshd with all of its sessions: each script ran once, each line came once, each code is known", async () => {
  const folder = testFolder();
  let sshds: Sshd[] = [];
  onTestFinished(async () => {
    for (const sshd of sshds) await sshd.close();
  });
  for (const name of ["web1", "web2", "db1"]) {
    mkdirSync(join(folder, name));
    sshds.push(await startSshd(join(folder, name)));
  }
  const servers = Object.fromEntries(
    sshds.map(({ port, user, privateKey, hostKeys }, at) => [
      ["web1", "web2", "db1"][at],
      {
        host: "127.0.0.1",
        port: String(port),
        user,
        privateKey,
        hostKey: readFileSync(hostKeys[0] ?? "", "utf8"),
      },
    ]),
  );
  let engine = startEngine(folder, servers);
  await engine.until("open");
  for (const [at, [fromMs, spanMs]] of [
    [0, 500],
    [100, 900],
    [0, 1_500],
  ].entries()) {
    await wait((fromMs ?? 0) + Math.random() * (spanMs ?? 0));
    await engine.kill();
    if (at === 1) for (const sshd of sshds) breakOff(sshd);
    engine = startEngine(folder, servers);
    await engine.until("open");
    if (at === 2) for (const sshd of sshds) breakOff(sshd);
    if (at > 0) sshds = await Promise.all(sshds.map((sshd) => sshd.again()));
  }
  await engine.until("over");
  await engine.kill();

  const store = await openSqliteStore({
    file: join(folder, "runs.sqlite"),
    now: Date.now,
    random: (n) => randomBytes(n),
  });
  const { rows } = await store.runs({ limit: 100 });
  const ends = rows.map(({ run }) => [run.subject, run.error?.message ?? run.outcome?.sentence]).toSorted();
  expect(ends).toEqual(
    [
      ["web1", 3],
      ["web2", 4],
      ["db1", 5],
    ]
      .flatMap(([name, code]) => [
        [`${name}-0`, `${name}-0 line 12`],
        [`${name}-${code}`, `The script ended with code ${code} on ${name}.`],
      ])
      .toSorted(),
  );
  for (const { run } of rows) {
    const lines = (await store.logs(run.id, { after: 0, limit: 100 })).map(({ text }) => text);
    expect(lines).toEqual(Array.from({ length: 12 }, (_, line) => `${run.subject} line ${line + 1}`));
  }
  await store.close();
  for (const { home } of sshds) {
    const jobs = join(home, ".cache/milepost/jobs");
    expect(readdirSync(jobs)).toEqual([]);
    const ran = readFileSync(join(home, "ran"), "utf8").trim().split("\n");
    expect([ran.length, new Set(ran).size]).toEqual([2, 2]);
  }
});
