import { expect, it, onTestFinished } from "vitest";
import { restartGateway } from "#workflows/restart-gateway/workflow.ts";
import { openWorld } from "../engine/world.ts";
import { startNode1 } from "../sandbox/ssh/node1.ts";
import { onlyNode1, usualLent } from "./bot-world.ts";

// A gateway that does not end by itself is a process that has to be ended.
it.each(["hangs", "never-back"])(
  "a restart of the gateway that comes to “%s” says that it needs attention there",
  async (restart) => {
    const node = await startNode1({ restart });
    onTestFinished(() => node.close());
    const workflow = restartGateway({
      connections: onlyNode1,
      connect: async () => ({ ...usualLent, restartLimitMs: 2_500, ssh: { ...node.ssh, release: () => {} } }),
      ...{ lookEveryMs: 30, settleMs: 300 },
    });
    const world = await openWorld([workflow], { overrides: { stopGraceMs: 5_000 } });
    onTestFinished(() => world.close());
    const id = await world.start({ connection: "node1" });
    const { run } = await world.until(id, "completed", "failed");
    expect(run.error).toMatchObject({ stepId: "restart" });
    expect(run.error?.message).toMatch(/needs attention|did not become healthy|was not seen to restart/);
  },
);
