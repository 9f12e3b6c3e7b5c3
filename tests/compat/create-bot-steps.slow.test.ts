import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { listen } from "../web/listen.ts";
import { openSite, presetToken, type Site } from "../web/site.ts";
import { type BotMachine, startBotMachine } from "../workflows/bot-machine.ts";
import { goodToken, onlyNode1 } from "../workflows/bot-world.ts";

interface Answer {
  success: boolean;
  steps: { step: number; label: string; ok: boolean; detail: string }[];
}

const pool = createSshPool();
let machine: BotMachine;
let site: Site;
let server: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  machine = await startBotMachine();
  const bots = createBot({
    connections: onlyNode1,
    connect: async (_id, of) => ({ ssh: pool.lease("node1", machine.target, of), openclaw: "openclaw" }),
    ...{ lookEveryMs: 50, restartLimitMs: 60_000, settleMs: 300 },
  });
  site = await openSite({ workflows: [bots] });
  server = await listen(site);
});
afterAll(async () => {
  machine.letGo();
  server.close();
  await site.close();
  await pool.close();
  await machine.close();
});

const ask = (name: string, { node = "node1", signal }: { node?: string; signal?: AbortSignal } = {}) =>
  fetch(`${server.origin}/api/create-bot-steps`, {
    method: "POST",
    headers: { Authorization: `Bearer ${presetToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ node, name, token: goodToken }),
    ...(signal === undefined ? {} : { signal }),
  });
const newest = async () => (await site.store.runs({ limit: 1 })).rows[0]?.run;

test("blocks until the bot is made and answers sixteen steps; the run is live meanwhile, and a second one is refused with its id", async () => {
  machine.hang("after");
  const asked = ask("mybot");
  await machine.hanging();
  const run = await newest();
  const page = await (await site.get(`/runs/${run?.id}`)).text();
  expect(page).toContain("node1 / mybot");
  expect(page).toContain('hx-trigger="every 2s');
  const second = await ask("mybot");
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ error: { code: "locked", runId: run?.id } });
  machine.letGo();
  const first = await asked;
  expect(first.headers.get("location")).toBe(`/api/runs/${run?.id}`);
  const made = (await first.json()) as Answer;
  expect(made.success).toBe(true);
  expect(made.steps.map(({ step, ok }) => [step, ok])).toEqual(
    Array.from({ length: 16 }, (_, index) => [index + 1, true]),
  );
  expect(made.steps[0]).toEqual({
    step: 1,
    label: "SSH connection check",
    ok: true,
    detail: expect.stringContaining("OpenClaw 2026.9.6"),
  });
});

test("answers the steps up to the first that failed, with its reason", async () => {
  const answer = (await (await ask("mybot")).json()) as Answer;
  expect(answer).toEqual({
    success: false,
    steps: [
      expect.objectContaining({ step: 1, ok: true }),
      {
        step: 2,
        label: "Bot name collision check",
        ok: false,
        detail: expect.stringContaining("The name “mybot” is taken on node1"),
      },
    ],
  });
});

test("makes the bot to its end when the asker goes away", async () => {
  machine.hang("after");
  const gone = new AbortController();
  const asked = ask("lonely", { signal: gone.signal });
  await machine.hanging();
  const id = (await newest())?.id ?? "";
  gone.abort();
  await expect(asked).rejects.toThrow();
  machine.letGo();
  while ((await site.engine.picture(id)).state === "running") await pause(50);
  expect((await site.engine.picture(id)).state).toBe("completed");
});

test.each([
  [{ node: "nowhere" }, "connection"],
  [{ name: "main" }, "name"],
  [{ name: "../x" }, "name"],
  [{ token: "no token" }, "token"],
])("refuses %j before anything is begun", async (wrong, field) => {
  const body = { node: "node1", name: "fine", token: goodToken, ...wrong };
  const answer = await site.call("POST", "/api/create-bot-steps", body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "bad-input", field } });
});
