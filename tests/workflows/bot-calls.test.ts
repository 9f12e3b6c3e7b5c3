import { afterAll, beforeAll, expect, test } from "vitest";
import { longestCommandMs } from "#openclaw/gateway.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { openWorld } from "../engine/world.ts";
import { botValues, onlyNode1, usualLent } from "./bot-world.ts";
import { type MachineHere, openMachineHere } from "./machine-here.ts";

let machine: MachineHere;
beforeAll(async () => {
  machine = await openMachineHere();
});
afterAll(() => machine.close());

test("making a bot takes these commands of OpenClaw and no others: a small node needs seconds for each", async () => {
  await machine.reset();
  const workflow = createBot({
    connections: onlyNode1,
    connect: async () => ({ ...usualLent, ssh: machine.ssh }),
    ...{ lookEveryMs: 50, settleMs: 50 },
  });
  // A look at what an earlier try did may take as long as its commands; the engine's own limit of two minutes ended it on a slow node.
  const probed = workflow.steps.filter(
    (step) => step.kind === "do" && typeof step.whenInterrupted === "function",
  );
  expect(probed.length).toBeGreaterThan(3);
  for (const { id, timeoutMs } of probed)
    if (id !== "home") expect(timeoutMs, id).toBeGreaterThan(longestCommandMs);
  const world = await openWorld([workflow]);
  const id = await world.start(botValues() as Record<string, string>);
  const { run } = await world.until(id, "completed", "failed", "asking");
  expect(run.error).toBeNull();
  const calls = machine.calls.map((call) => call.split(" ").slice(0, 2).join(" "));
  // How often an account is looked at until it is there is for the machine to say; not before it is there three times in a row.
  const looks = "channels status";
  expect(calls.filter((call) => call === looks).length).toBeGreaterThanOrEqual(1 + 3);
  expect(calls.filter((call) => call !== looks)).toEqual([
    ...["--version", "config validate", "config get"],
    ...["channels list", "agents list", "agents bindings", "config patch"],
    ...["agents add", "agents list"],
    ...["channels add", "config set", "config get", "agents bind", "agents bindings", "channels list"],
    ...["config patch", "config get"],
    ...["agents set-identity", "agents list"],
    "gateway restart",
    "logs --json",
    ...["agents list", "agents bindings", "models status"],
    "agent --agent",
    "message send",
  ]);
  await world.close();
});
