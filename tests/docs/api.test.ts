import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { createStack } from "../compat/stack.ts";
import { listen } from "../web/listen.ts";
import { openSite, presetToken, type Site } from "../web/site.ts";
import { scriptOf } from "./code-blocks.ts";

const { stack, told } = createStack();
const fields = [text("what", "What", { required: true })];
const greet = workflow("greet", "Greet", "Greets.", start({ fields, subject: ({ what }) => what }))
  .do("say", "Say it", {
    run: async ({ input }) => {
      if (input.what === "boo") throw new AppError("remote-failed", "Nobody is there.");
      return "said";
    },
  })
  .hands(() => ({ sentence: "It is said." }));
const careful = workflow("careful", "Be careful", "Asks.", start({ fields, subject: ({ what }) => what }))
  .approve("ok", "Do it", {
    about: ({ input }) => ({ what: `Does ${input.what}.`, risk: "high", impact: ["Everything."] }),
  })
  .do("do", "Do it", { run: async () => "done" })
  .hands(() => ({ sentence: "It is done." }));

let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  site = await openSite({ workflows: [stack, greet, careful] });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

/** A script of the page, as people call it. */
const run = (name: string, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const by = name.endsWith(".sh") ? "sh" : process.execPath;
    const env = { PATH: process.env.PATH, MILEPOST: server.origin, TOKEN: presetToken };
    execFile(by, [scriptOf("build/api.md", name), ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
const begun = async (workflowId: string, what: string): Promise<string> =>
  (await site.engine.start(workflowId, { what }, "Ada")).runId;

test("start.sh tells by its exit code whether the run was completed, failed, waits for a person, or was refused", async () => {
  const ended = await run("start.sh", "greet", '{"what":"hello"}');
  expect([ended.code, JSON.parse(ended.out).state]).toEqual([0, "completed"]);
  expect((await run("start.sh", "greet", '{"what":"boo"}')).code).toBe(1);
  expect((await run("start.sh", "nothing", "{}")).err).toContain("There is no workflow “nothing”.");
});

test("deploy.sh prints every status and ends with 0 for a healthy stack, 1 for one that is not, and curl's code when refused", async () => {
  const good = await run("deploy.sh", "good-one", "example/app:1");
  expect([good.code, good.err]).toEqual([0, expect.stringContaining('"phase":"creating_domain"')]);
  told.fail = new AppError("remote-failed", "It does not answer.");
  const bad = await run("deploy.sh", "bad-one", "example/app:1");
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining("It does not answer.")]);
  told.fail = null;
  const refused = await run("deploy.sh", "!", "example/app:1");
  expect([refused.code, refused.err]).toEqual([22, expect.stringContaining("bad-input")]);
});

test("follow.mjs prints every event of a run from the first and ends as the run does", async () => {
  const events = ({ out }: { out: string }) =>
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { n: number });
  const good = await run("follow.mjs", await begun("greet", "hello"));
  expect(good.code).toBe(0);
  expect(events(good).map(({ n }) => n)).toEqual(events(good).map((_, at) => at + 1));
  expect((await run("follow.mjs", await begun("greet", "boo"))).code).toBe(1);
});

test("approve.sh shows what is to be approved, approves it, and says when nothing waits for that", async () => {
  const id = await begun("careful", "all of it");
  await expect.poll(async () => (await site.engine.picture(id)).state).toBe("asking");
  const { code, out } = await run("approve.sh", id, "looked at it");
  expect([code, out]).toEqual([0, expect.stringContaining("Does all of it.")]);
  await expect.poll(async () => (await site.engine.picture(id)).state).toBe("completed");
  expect((await run("approve.sh", id, "")).code).toBe(2);
});
