import { afterAll, beforeAll, expect, test } from "vitest";
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
    // Far apart, so that a gateway or an account that is not there yet is not asked for again and again.
    ...{ lookEveryMs: 700, settleMs: 50 },
  });
  const world = await openWorld([workflow]);
  const id = await world.start(botValues() as Record<string, string>);
  const { run } = await world.until(id, "completed", "failed", "asking");
  expect(run.error).toBeNull();
  expect(machine.calls.map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
    ...["--version", "config validate", "config get"],
    ...["channels list", "agents list", "agents bindings", "channels status", "config patch"],
    ...["agents add", "agents list"],
    ...["channels add", "config set", "config get", "agents bind", "agents bindings", "channels list"],
    ...["config patch", "config get"],
    ...["agents set-identity", "agents list"],
    "gateway restart",
    ...["channels status", "logs --json"],
    ...["agents list", "agents bindings", "models status"],
    ...["channels status", "channels status", "agent --agent"],
    "message send",
  ]);
  await world.close();
});
