import { afterAll, beforeAll, expect, test } from "vitest";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { listen } from "../web/listen.ts";
import { openSite, presetToken, type Site } from "../web/site.ts";
import { type BotMachine, startBotMachine } from "../workflows/bot-machine.ts";
import { goodToken, onlyNode1, usualLent } from "../workflows/bot-world.ts";

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
    connect: async (_id, of) => ({ ssh: pool.lease("node1", machine.target, of), ...usualLent }),
    ...{ lookEveryMs: 50, settleMs: 300 },
  });
  site = await openSite({ workflows: [bots] });
  server = await listen(site);
});
afterAll(async () => {
  server.close();
  await site.close();
  await pool.close();
  await machine.close();
});

const ask = (name: string) =>
  fetch(`${server.origin}/api/create-bot-steps`, {
    method: "POST",
    headers: { Authorization: `Bearer ${presetToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ node: "node1", name, token: goodToken, ownerId: "4242" }),
  });

test("blocks until the bot is made and answers sixteen steps", async () => {
  const first = await ask("mybot");
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
