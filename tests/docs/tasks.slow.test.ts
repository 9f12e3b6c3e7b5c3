import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, root, type Started } from "../main/milepost.ts";
import { token } from "../main/token.ts";
import { blocksOf, scriptOf, textOf } from "./code-blocks.ts";

// The everyday tasks of somebody who has these pages and nothing else: what is typed here stands in them. To write a workflow is
// tutorial.slow.test.ts; a proxy with TLS, systemd and the image are tests/deploy/.

const place = mkdtempSync(join(tmpdir(), "milepost-tasks-"));
const data = join(place, "data");
let server: Started;
beforeAll(async () => {
  for (const name of ["backups", "srv", "bin", "here"]) mkdirSync(join(place, name));
  symlinkSync(join(root, "bin/milepost"), join(place, "bin/milepost"));
  server = await serve(data);
});
afterAll(() => {
  server.process.kill("SIGKILL");
  rmSync(place, { recursive: true, force: true });
});

const serve = (folder: string): Promise<Started> =>
  launch({ MILEPOST_DATA: folder, MILEPOST_API_TOKEN: token }).up;

interface Typed {
  code: number;
  said: string;
}

const run = (command: string, args: readonly string[], cwd: string, more: Record<string, string>) =>
  new Promise<Typed>((resolve) => {
    const env = {
      ...process.env,
      PATH: `${join(place, "bin")}:${process.env.PATH}`,
      MILEPOST_DATA: data,
      MILEPOST_TOKEN: token,
      MILEPOST_URL: server.link.origin,
      MILEPOST: server.link.origin,
      TOKEN: token,
      ...more,
    };
    execFile(command, args, { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: out + err }),
    );
  });

/** Types a block of a page as it stands there, with the folders that it names below one of the test. */
const type = (page: string, containing: string, more: Record<string, string> = {}): Promise<Typed> => {
  const block = blocksOf(textOf(page)).find(({ text }) => text.includes(containing));
  if (block === undefined) throw new Error(`${page} shows nothing with ${containing}.`);
  const script = block.text.replaceAll(/(?<=[ =])\/(?=backups|srv)/g, `${place}/`);
  return run("sh", ["-ec", script], root, more);
};

/** Runs a script that a page shows. */
const script = (page: string, name: string, ...args: string[]): Promise<Typed> =>
  run(
    name.endsWith(".sh") ? "sh" : process.execPath,
    [scriptOf(page, name), ...args],
    join(place, "here"),
    {},
  );

const json = async (path: string): Promise<unknown> =>
  (await fetch(new URL(path, server.link), { headers: { authorization: `Bearer ${token}` } })).json();

test("a first export is made from a terminal, and its file is here", async () => {
  const made = await script("start/first-export.md", "export.sh");
  expect([made.said, made.code]).toEqual([expect.stringContaining("rows are saved"), 0]);
  const [file = ""] = readdirSync(join(place, "here"));
  expect(readFileSync(join(place, "here", file), "utf8")).toMatch(/^url,.*\nhttp/);
});

/** The rows of a list of the API. */
const rowsOf = async (path: string): Promise<{ id: string; error: string | null }[]> =>
  ((await json(path)) as { rows: { id: string; error: string | null }[] }).rows;

test("a stack is deployed and told by the exit code; why one failed is told, and its report is handed on", async () => {
  const good = await script("build/api.md", "deploy.sh", "tasks", "milepost/hello");
  expect([good.code, good.said]).toEqual([0, expect.stringContaining('"status":"success"')]);
  const bad = await script("build/api.md", "deploy.sh", "bad", "nosuch/image:1");
  expect(bad.code).toBe(1);
  const [failed] = await rowsOf("/api/runs?state=failed");
  const report = await script("build/api.md", "report.sh", failed?.id ?? "");
  expect([report.code, report.said]).toEqual([0, expect.stringContaining(failed?.error ?? "no error")]);
  expect(report.said).toMatch(/Milepost: \d+\.\d+\.\d+/);
});

test("a removal is started, followed by WebSocket to its end, and approved once somebody has seen what goes", async () => {
  const started = await script("build/api.md", "start.sh", "remove-stack", '{"name":"tasks"}');
  expect([started.code, started.said]).toEqual([2, expect.stringContaining('"state":"asking"')]);
  const [, id = ""] = /"id":"(\w+)"/.exec(started.said) ?? [];
  const followed = script("build/api.md", "follow.mjs", id);
  const approved = await script("build/api.md", "approve.sh", id, "looked at it");
  expect([approved.code, approved.said]).toEqual([0, expect.stringContaining("risk")]);
  const { code, said } = await followed;
  expect(code).toBe(0);
  const numbers = said
    .trim()
    .split("\n")
    .map((line): number => JSON.parse(line).n);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
});

test("what is not wanted any more is deleted, and what takes room is told", async () => {
  const [failed] = await rowsOf("/api/runs?state=failed");
  const [saved] = await rowsOf("/api/exports");
  for (const [kind, id] of [
    ["runs", failed?.id],
    ["exports", saved?.id],
  ] as const)
    expect([kind, (await script("build/api.md", "clear.sh", kind, id ?? "")).code]).toEqual([kind, 0]);
  expect(await rowsOf("/api/runs?state=failed")).toEqual([]);
  const room = await script("build/api.md", "clear.sh", "room");
  expect(JSON.parse(room.said)).toMatchObject({ bytes: { database: expect.any(Number) } });
});

test("a lost link is printed anew; a backup is made while it runs, restored elsewhere and looked through, and a server goes on with it", async () => {
  const link = await type("start/install.md", "bin/milepost sign-in");
  expect([link.code, link.said]).toEqual([
    0,
    expect.stringContaining(`${server.link.origin}/sign-in?token=`),
  ]);
  const backup = await type("keep/backup.md", "bin/milepost backup");
  expect([backup.code, backup.said]).toEqual([0, expect.stringContaining("each compared")]);
  const move = await type("keep/upgrade.md", "moving.zip");
  expect([move.code, move.said]).toEqual([0, expect.stringContaining("each compared")]);
  await server.end("SIGTERM");
  // The key is changed, as backup.md says, and nothing is lost by it.
  const moved = { MILEPOST_DATA: join(place, "srv/milepost") };
  for (const words of ["bin/milepost rotate-key", "bin/milepost check"]) {
    expect(textOf("keep/backup.md")).toContain(`\`${words}\``);
    expect([words, await run("sh", ["-ec", words], root, moved)]).toMatchObject([words, { code: 0 }]);
  }
  server = await serve(moved.MILEPOST_DATA);
  expect((await fetch(new URL("/readyz", server.link))).status).toBe(200);
});

test("data of the version before are taken over: what was asked then can be answered, and after going back it is asked again", async () => {
  const folder = join(place, "srv/former");
  const former = join(root, "tests/main/backups/0.1.0.zip");
  const env = { MILEPOST_DATA: folder };
  expect((await run("bin/milepost", ["restore", former], root, env)).code).toBe(0);
  await server.end("SIGTERM");
  server = await serve(folder);
  const [asking] = await rowsOf("/api/runs?state=asking");
  const answered = await run(
    "milepost",
    ["answer", asking?.id ?? "", "pick=this-machine/sample-site"],
    root,
    env,
  );
  expect([answered.code, answered.said]).toEqual([0, expect.stringContaining("Answered")]);
  await server.end("SIGTERM");
  const back = await type("keep/upgrade.md", "go-back", env);
  expect([back.code, back.said]).toEqual([0, expect.stringContaining("is again what was saved")]);
  server = await serve(folder);
  expect((await rowsOf("/api/runs?state=asking")).map(({ id }) => id)).toContain(asking?.id);
});
