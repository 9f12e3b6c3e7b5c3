import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type ServerProcess, untilRun } from "../main/server-process.ts";
import { look, outcomeOf, ownFolder, says, startOwn, untilFile } from "./own-folder.ts";

let server: ServerProcess | undefined;
afterEach(() => server?.kill());

const broken: Readonly<Record<string, { text: string; line: number | null; says: string }>> = {
  "syntax.ts": { text: "const a: number = 1;\nexport default (\n", line: 2, says: "Expression expected" },
  "throws.ts": {
    text: 'const a = 1;\n\nthrow new Error("No network here.");\n',
    line: 3,
    says: "No network here.",
  },
  "nothing.ts": { text: "export const a = 1;\n", line: 1, says: "no default export" },
  "shape.ts": { text: 'const a = 1;\nexport default { id: "a" };\n', line: 2, says: "no workflow" },
  "exits.ts": { text: "const a = 1;\nprocess.exit(0);\n", line: 2, says: "process.exit()" },
  "missing.ts": {
    text: '// lib\nimport { a } from "./lib/gone.ts";\nexport default a;\n',
    line: 2,
    says: "lib/gone.ts",
  },
  "twice.ts": { text: says("greet", "no"), line: 5, says: "is that of “greet.ts” already" },
  "awaits.ts": { text: "const a = 1;\nawait new Promise(() => {});\n", line: 2, says: "never comes" },
  "zloops.ts": { text: "let a = 0;\nfor (;;) {\n  a += 1;\n}\n", line: null, says: "without end" },
  "killed.ts": { text: "process.kill(process.pid, 'SIGKILL');\n", line: null, says: "was killed (SIGKILL)" },
  "enum.ts": { text: "enum A { B }\nexport default A.B;\n", line: 1, says: "enum" },
  "script.sh": {
    text: "#!/bin/sh\n# milepost: A\n# every: day\n\necho\n",
    line: 3,
    says: "“every:” says nothing",
  },
};

test("a file is a workflow from the moment when it is saved, none of twelve ways to break one harms the others, and each is told with its line", async () => {
  const own = ownFolder();
  own.save("greet.ts", says("greet", "hello"));
  server = await own.serve();
  expect((await look(server)).files.map(({ file }) => file)).toEqual(["greet.ts"]);
  const began = await startOwn(server, "greet");
  expect(await outcomeOf(server, began)).toBe("It said hello.");

  for (const [file, { text }] of Object.entries(broken)) own.save(file, text);
  for (const [file, { line, says }] of Object.entries(broken)) {
    const { fault, version } = await untilFile(server, file, (one) => one.fault !== null);
    expect([file, fault?.sentence, version]).toEqual([file, expect.stringContaining(says), null]);
    if (line !== null) expect([file, fault?.file, fault?.line]).toEqual([file, file, line]);
  }
  // The loop is told while it is still at work, with a line of it.
  expect((await untilFile(server, "zloops.ts", (one) => one.fault?.line != null)).fault?.file).toBe(
    "zloops.ts",
  );
  expect(await outcomeOf(server, await startOwn(server, "greet"))).toBe("It said hello.");
});

test("what a server that has just begun has not read yet it calls neither unknown nor itself ready", async () => {
  const own = ownFolder();
  const gate = join(own.folder, "../gate");
  const wait = `while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 20));`;
  own.save("slow.ts", says("slow", "hello").replace("export default", `${wait}\nexport default`));
  server = await own.serve();
  const start = () => server?.api("POST", "/api/workflows/slow/runs", { values: {} });
  const ready = () => server?.api("GET", "/readyz");
  const early = await start();
  expect([early?.status, early?.headers.get("Retry-After")]).toEqual([503, "2"]);
  expect(await early?.json()).toMatchObject({ error: { code: "store-busy" } });
  expect((await ready())?.status).toBe(503);
  writeFileSync(gate, "");
  await expect.poll(async () => (await ready())?.status).toBe(200);
  expect((await start())?.status).toBe(202);
});

test("a run goes on with the code that it began with, through a change and kill -9, new ones begin with the new, and a file that breaks leaves its last good version in use over a restart", async () => {
  const own = ownFolder();
  const gate = join(own.folder, "../gate");
  const gated = `existsSync(${JSON.stringify(gate)})`;
  own.save("greet.ts", says("greet", "one", gated));
  server = await own.serve();
  const first = await startOwn(server, "greet");
  await untilRun(server, first, ({ state }) => state === "running");
  const { version: one } = await untilFile(server, "greet.ts", ({ version }) => version?.underWay === 1);

  own.save("greet.ts", says("greet", "two"));
  const changed = await untilFile(server, "greet.ts", ({ version }) => version?.code !== one?.code);
  expect(changed.earlier).toMatchObject([{ code: one?.code, underWay: 1 }]);
  expect(await outcomeOf(server, await startOwn(server, "greet"))).toBe("It said two.");
  own.save("greet.ts", "export default (");
  await untilFile(server, "greet.ts", ({ fault }) => fault !== null);

  await server.kill();
  server = await own.serve();
  const again = await untilFile(server, "greet.ts", ({ fault }) => fault !== null);
  expect(again.version?.code).toBe(changed.version?.code);
  expect(await outcomeOf(server, await startOwn(server, "greet"))).toBe("It said two.");
  writeFileSync(gate, "");
  expect(await outcomeOf(server, first)).toBe("It said one.");
});

test("no run fails because a file is saved again and again while runs of it begin and end, and each says what one version says", async () => {
  const own = ownFolder();
  own.save("greet.ts", says("greet", "0"));
  server = await own.serve();
  const up = server;
  const ended: Promise<string>[] = [];
  for (let n = 1; n <= 8; n++) {
    own.save("greet.ts", says("greet", String(n)));
    const begun = await Promise.all(Array.from({ length: 4 }, () => startOwn(up, "greet")));
    ended.push(...begun.map((id) => outcomeOf(up, id)));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const said = await Promise.all(ended);
  expect(said.filter((one) => !/^It said \d+\.$/.test(one))).toEqual([]);
  await untilFile(server, "greet.ts", ({ workflow }) => workflow?.title === "Says 8");
  expect(await outcomeOf(server, await startOwn(server, "greet"))).toBe("It said 8.");
});

test("a run that failed goes on with the file once that is put right, when somebody says so", async () => {
  const own = ownFolder();
  own.save("fixed.ts", says("fixed", "right", "nobody.knows()"));
  server = await own.serve();
  const id = await startOwn(server, "fixed");
  expect(await outcomeOf(server, id)).toContain("nobody is not defined");
  own.save("fixed.ts", says("fixed", "right"));
  const { newerCode } = await untilRun(server, id, (run) => run.newerCode !== null);
  expect(newerCode).toMatchObject({ unfit: null, added: [], gone: [] });
  await server.json("POST", `/api/runs/${id}/retry?code=${newerCode?.code}`);
  expect((await untilRun(server, id, ({ state }) => state === "completed")).code).toBe(newerCode?.code);
});

test("what a file's code throws where nobody waits for it ends nothing, and is told of its file", async () => {
  const own = ownFolder();
  own.save(
    "floats.ts",
    says("floats", "so").replace(
      'return "so";',
      `Promise.reject("a text without a place");
       setTimeout(() => { throw new Error("from a timer"); }, 1);
       await new Promise((resolve) => setTimeout(resolve, 20));
       try { process.exit(3); } catch { return "so"; }`,
    ),
  );
  server = await own.serve();
  expect(await outcomeOf(server, await startOwn(server, "floats"))).toBe("It said so.");
  const { warnings } = await untilFile(server, "floats.ts", (one) => one.warnings.length === 2);
  const told = warnings.map(({ sentence }) => sentence).join("\n");
  expect(told).toContain("from a timer");
  expect(told).toContain("a text without a place");
  expect(await outcomeOf(server, await startOwn(server, "floats"))).toBe("It said so.");
});
