import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { AppError } from "#core/errors.ts";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { listen } from "../web/listen.ts";
import { openSite, presetToken, type Site } from "../web/site.ts";

let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
let held: { promise: Promise<void>; resolve(): void };

const name = text("name", "Name", { required: true, shape: { is: /^[a-z]+$/, says: "Give it a name." } });
const node = text("connection", "Node", { shape: { is: /^(|n1)$/, says: "There is no such node." } });

/** Three steps as the bot's are, and its question at the end. */
const bots = workflow(
  "create-bot",
  "Create a bot",
  "Makes one.",
  start({
    fields: [name, node, secret("token", "Token")],
    subject: ({ name }) => name,
    lock: ({ name }) => name,
  }),
)
  .do("ssh", "SSH connection check", { run: async () => held.promise.then(() => 1), readsOnly: true })
  .do("name", "Bot name collision check", {
    run: async ({ input }) => {
      if (input.name === "taken") throw new AppError("conflict", "The name is taken.");
      return 2;
    },
    detail: () => "<b>free</b>",
    readsOnly: true,
  })
  .do("home", "Home directory creation", { run: async () => 3, readsOnly: true })
  .ask("admit", "Who may write to it?", {
    form: () => ({ fields: [], submit: "Nobody yet" }),
    read: () => null,
  })
  .hands(() => ({ sentence: "Made." }));

beforeAll(async () => {
  site = await openSite({ workflows: [bots] });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
});

/** The page that was written for the older system, word for word but for what stands for its document and its pause. */
const page = async (formData: object, headers: Record<string, string> = {}) => {
  const shown: string[] = [];
  const appendStep = async (step: { ok: boolean; step: number; label: string; detail: string }) => {
    const icon = step.ok ? "✅" : "❌";
    shown.push(`${icon} Step ${step.step}: ${step.label}${step.detail ? ` (${step.detail})` : ""}`);
  };
  const res = await fetch(`${server.origin}/api/create-bot-steps`, {
    method: "POST",
    body: JSON.stringify({ token: "t", ...formData }),
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${presetToken}`, ...headers },
  });
  const data = (await res.json()) as {
    success: boolean;
    steps: { ok: boolean; step: number; label: string; detail: string }[];
  };
  for (const step of data.steps) {
    await appendStep(step);
  }
  if (!data.success && data.steps.length > 0) {
    const failedStep = data.steps.find((s) => !s.ok);
    shown.push(`Failed at Step ${failedStep?.step}: ${failedStep?.detail}`);
  }
  return { shown, success: data.success, data };
};
const hold = () => {
  held = Promise.withResolvers<void>();
};
const newest = async () => (await site.store.runs({ limit: 1 })).rows[0]?.run;

test("the older page shows the steps of a bot that was made; the question at the end is none of them", async () => {
  hold();
  held.resolve();
  expect(await page({ name: "mybot" })).toMatchObject({
    success: true,
    shown: [
      "✅ Step 1: SSH connection check",
      "✅ Step 2: Bot name collision check (<b>free</b>)",
      "✅ Step 3: Home directory creation",
    ],
  });
});

test("the older page shows where it failed, and why", async () => {
  hold();
  held.resolve();
  expect(await page({ name: "taken" })).toMatchObject({
    success: false,
    shown: [
      "✅ Step 1: SSH connection check",
      "❌ Step 2: Bot name collision check (The name is taken.)",
      "Failed at Step 2: The name is taken.",
    ],
  });
});

test("a run that is paused has not failed: the answer comes when it went on", async () => {
  hold();
  const asked = page({ name: "pausing" });
  await vi.waitFor(async () => expect((await newest())?.subject).toBe("pausing"), 50_000);
  const id = (await newest())?.id ?? "";
  await site.engine.pause(id, "Ada");
  held.resolve();
  await vi.waitFor(async () => expect((await site.engine.picture(id)).state).toBe("paused"), 50_000);
  await site.engine.resume(id, "Ada");
  expect(await asked).toMatchObject({ success: true });
});

test("headers come at once, with the address of the run; who leaves stops nothing", async () => {
  hold();
  const leaving = new AbortController();
  const answer = await fetch(`${server.origin}/api/create-bot-steps`, {
    ...{ method: "POST", body: JSON.stringify({ name: "early", token: "t" }), signal: leaving.signal },
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${presetToken}` },
  });
  const id = (await newest())?.id ?? "";
  expect(answer.headers.get("location")).toBe(`/api/runs/${id}`);
  expect(["queued", "running"]).toContain((await site.engine.picture(id)).state);
  leaving.abort();
  await expect(answer.text()).rejects.toThrow();
  held.resolve();
  await vi.waitFor(async () => expect((await site.engine.picture(id)).state).toBe("asking"), 50_000);
});

test("a refusal has steps to go through as well: none", async () => {
  hold();
  const [none, some] = [{ success: false, steps: [] }, { name: "second" }];
  const running = page(some);
  await vi.waitFor(async () => expect((await newest())?.subject).toBe("second"), 50_000);
  const locked = { code: "locked", runId: (await newest())?.id };
  expect((await page(some)).data).toMatchObject({ ...none, error: locked });
  expect((await page({ name: "?" })).data).toMatchObject({ ...none, error: { field: "name" } });
  expect((await page({})).data).toMatchObject({ ...none, error: { field: "name" } });
  expect((await page({ name: "a", node: "n9" })).data).toMatchObject({ ...none, error: { field: "node" } });
  const stranger = { Authorization: "Bearer nobody" };
  expect((await page(some, stranger)).data).toMatchObject({ ...none, error: { code: "not-signed-in" } });
  held.resolve();
  expect((await running).success).toBe(true);
});
