import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openSqliteStore } from "#store/sqlite/open.ts";
import { type Sshd, startSshd } from "../connectors/ssh/sshd.ts";
import { breakOff, startKillable } from "./killable.ts";

/**
 * A job on each of 20 servers (OpenSSH's sshd) while Milepost is killed 100 times at random instants and SSH is cut meanwhile: each job ran once,
 * each of its lines came once, and its exit code is known. Words: how many kills, how many servers. Minutes.
 */
const [kills = 100, count = 20] = process.argv.slice(2).map(Number);
const cutEvery = 10;

const folder = mkdtempSync(join(tmpdir(), "milepost-kills-"));
const names = Array.from({ length: count }, (_, at) => `host${at + 1}`);
const enough = join(folder, "enough");
let sshds: Sshd[] = [];
for (const name of names) {
  mkdirSync(join(folder, name));
  sshds.push(await startSshd(join(folder, name)));
}
const servers = Object.fromEntries(
  sshds.map(({ port, user, privateKey, hostKeys }, at) => [
    names[at],
    {
      ...{ host: "127.0.0.1", port: String(port), user, privateKey },
      hostKey: readFileSync(hostKeys[0] ?? "", "utf8"),
    },
  ]),
);
let engine = startKillable(folder, servers, enough);
let cuts = 0;
try {
  await engine.until("open");
  for (let kill = 1; kill <= kills; kill++) {
    await wait(Math.random() * 1_500);
    await engine.kill();
    const isCut = kill % cutEvery === 0;
    if (isCut) {
      cuts++;
      for (const sshd of sshds) breakOff(sshd);
    }
    engine = startKillable(folder, servers, enough);
    await engine.until("open");
    if (isCut) sshds = await Promise.all(sshds.map((sshd) => sshd.again()));
    if (kill % 10 === 0) process.stdout.write(`${kill} kills, ${cuts} cuts of SSH\n`);
  }
  writeFileSync(enough, "");
  await engine.until("over");
  await engine.kill();
  const store = await openSqliteStore({
    file: join(folder, "runs.sqlite"),
    now: Date.now,
    random: (n) => randomBytes(n),
  });
  const { rows } = await store.runs({ limit: 200 });
  assert.equal(rows.length, count);
  for (const { run } of rows) {
    const [name = "", code = ""] = run.subject.split("-");
    const lines = (await store.logs(run.id, { after: 0, limit: 100_000 })).map(({ text }) => text);
    assert.deepEqual(
      lines,
      lines.map((_, line) => `${run.subject} line ${line + 1}`),
    );
    const end =
      code === "0" ? `${run.subject} line ${lines.length}` : `The script ended with code ${code} on ${name}.`;
    assert.equal(run.error?.message ?? run.outcome?.sentence, end);
  }
  await store.close();
  for (const { home } of sshds) {
    assert.deepEqual(readdirSync(join(home, ".cache/milepost/jobs")), []);
    assert.equal(readFileSync(join(home, "ran"), "utf8").trim().split("\n").length, 1);
  }
  process.stdout.write(
    `${count} jobs, ${kills} kills, ${cuts} cuts of SSH: each ran once, each line came once, each code is known\n`,
  );
} finally {
  await engine.kill();
  writeFileSync(enough, "");
  for (const sshd of sshds) await sshd.close();
  rmSync(folder, { recursive: true, force: true });
}
