import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ssh } from "#connectors/ssh/pool.ts";
import type { Values } from "#core/form.ts";
import type { Workflow } from "#core/workflow.ts";
import { createBot } from "#workflows/create-bot/workflow.ts";
import { openWorld, type World } from "../engine/world.ts";
import { botValues, filesIn, onlyNode1, usualLent } from "./bot-world.ts";
import { type MachineHere, openMachineHere } from "./machine-here.ts";

/** An engine that makes bots on a machine of this process; what is only true of SSH itself is tried over SSH. */
export interface BotsHere extends World {
  machine: MachineHere;
  /** How its OpenClaw behaves from now on. */
  mode(mode: object): void;
  files(): Record<string, string>;
  /** Every message that was sent by Telegram. */
  sent(): string[];
  make(values?: Values): Promise<string>;
}

interface BotsHereOptions {
  /** How its OpenClaw behaves from its beginning on. */
  mode?: object;
  /** Stands between the workflow and the machine. */
  through?: (ssh: Ssh) => Ssh;
  /** Stands between the engine and the workflow. */
  as?: (workflow: Workflow) => Workflow;
}

export const openBotsHere = async ({
  mode = {},
  through = (ssh) => ssh,
  as = (workflow) => workflow,
}: BotsHereOptions = {}): Promise<BotsHere> => {
  const machine = await openMachineHere(mode);
  await machine.reset();
  const workflow = createBot({
    connections: onlyNode1,
    connect: async () => ({ ...usualLent, ssh: through(machine.ssh) }),
    ...{ lookEveryMs: 30, settleMs: 300 },
  });
  const world = await openWorld([as(workflow)], {
    overrides: { retry: { attempts: 1, firstMs: 0, factor: 1, maxMs: 0 }, stopGraceMs: 5_000 },
  });
  const place = (name: string) => join(machine.stateDir, name);
  return {
    ...world,
    machine,
    mode: (now) => writeFileSync(place("sandbox-mode.json"), JSON.stringify(now)),
    files: () => filesIn(machine.home),
    sent: () => readFileSync(place("sandbox-outbox.jsonl"), "utf8").trim().split("\n"),
    make: (values = botValues()) => world.start(values as Record<string, string>),
    close: async () => {
      await world.close();
      await machine.close();
    },
  };
};
