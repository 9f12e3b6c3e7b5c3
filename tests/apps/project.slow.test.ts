import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { projectZip } from "#apps/project.ts";
import { createAppRegistry } from "#apps/registry.ts";
import { startChild } from "#main/child.ts";
import { createErrands } from "#main/errands.ts";
import { repairShop } from "./samples.ts";
import { unzip } from "./unzip.ts";

let folder: string;
let project: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "app-project-"));
  const registry = createAppRegistry({ folder: join(folder, "apps"), now: () => Date.now() });
  const app = registry.create(repairShop, "run-1");
  app.db
    .prepare("INSERT INTO customers (id, name, created_at, updated_at) VALUES (?, 'Ada', ?, ?)")
    .run(randomUUID(), new Date().toISOString(), new Date().toISOString());
  for (const [name, bytes] of await unzip(await buffer(await projectZip(app, createErrands(startChild))))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  registry.close();
  project = join(folder, "repair-shop");
  // What `npm install` would bring: the manifest names exactly these versions.
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(project, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const child of running.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
});

/** Starts the project as `npm start` does, and waits for what it says: its address, or why it cannot start. */
const start = async (
  env: Record<string, string> = {},
): Promise<{ origin: string; said: string; child: ChildProcess }> => {
  const child = spawn(process.execPath, ["bin/node.cjs", "--import", "tsx", "runtime/stand-alone.ts"], {
    cwd: project,
    env: { PATH: process.env.PATH ?? "", HOME: folder, PORT: "0", ...env },
  });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (part) => {
      said += String(part);
    });
  await Promise.race([expect.poll(() => said).toMatch(/http:\/\/\S+\n/), once(child, "exit")]);
  return { origin: /http:\/\/[^/\s]+/.exec(said)?.[0] ?? "", said, child };
};

/** A request whose headers are exactly these. */
const ask = (address: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) =>
    request(address, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end(),
  );

it("starts by itself with its data, serves pages and API, and keeps what is written", async () => {
  const first = await start();
  const page = await fetch(`${first.origin}/customers`);
  expect(await page.text()).toContain("Ada");
  expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  expect(await (await fetch(`${first.origin}/`)).text()).not.toContain("Milepost");
  expect((await fetch(`${first.origin}/assets/htmx.min.js`)).status).toBe(200);
  const form = new URLSearchParams({ name: "Grace", phone: "", email: "", notes: "" });
  const headers = { Origin: first.origin };
  const added = await fetch(`${first.origin}/customers`, {
    method: "POST",
    body: form,
    headers,
    redirect: "manual",
  });
  expect(added.status).toBe(303);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = await start();
  const list = (await (await fetch(`${second.origin}/api/db/customers?sort=name&order=asc`)).json()) as {
    data: { name: string }[];
  };
  expect(list.data.map(({ name }) => name)).toEqual(["Ada", "Grace"]);
  second.child.kill("SIGTERM");
  const [code] = await once(second.child, "exit");
  expect(code).toBe(0);
});

it("passes its own tests, types and all, and fails them when its schema is broken", async () => {
  const environment = { PATH: process.env.PATH ?? "", HOME: folder };
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, args, { cwd: project, env: environment }).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );
  const ownTests = ["bin/node.cjs", "--import", "tsx", "--test", "runtime/works.test.ts"];
  expect(await run("node_modules/typescript/bin/tsc")).toBe(0);
  expect(await run(...ownTests)).toBe(0);
  const schema = readFileSync(join(project, "schema.json"), "utf8");
  writeFileSync(join(project, "schema.json"), schema.replace('"board": "status"', '"board": "device"'));
  expect(await run(...ownTests)).toBe(1);
  writeFileSync(join(project, "schema.json"), schema);
  expect(readFileSync(join(project, "LICENSE"), "utf8")).toContain("MIT");
});

it("answers no other site: neither its forms nor a name that was made to point here", async () => {
  const { origin } = await start();
  const body = new URLSearchParams({ name: "Mallory" });
  const forged = await fetch(`${origin}/customers`, {
    method: "POST",
    body,
    headers: { Origin: "http://evil.example" },
  });
  expect(forged.status).toBe(403);
  expect(await ask(`${origin}/`, { Host: "evil.example" })).toBe(421);
  expect(await ask(`${origin}/`, { Host: "localhost" })).toBe(200);
});

it("opens to other machines only with a password", async () => {
  const refused = await start({ HOST: "0.0.0.0" });
  expect(refused.said).toContain("set APP_PASSWORD too");
  expect(refused.child.exitCode).toBe(1);
  const { origin } = await start({ APP_PASSWORD: "open sesame" });
  const as = (password: string) =>
    fetch(origin, { headers: { Authorization: `Basic ${Buffer.from(`x:${password}`).toString("base64")}` } });
  expect((await fetch(origin)).status).toBe(401);
  expect((await as("open")).status).toBe(401);
  expect((await as("open sesame")).status).toBe(200);
});
