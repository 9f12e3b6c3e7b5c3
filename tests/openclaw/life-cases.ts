import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunWithSteps } from "#core/run.ts";
import type { World } from "../engine/world.ts";
import type { BotNode } from "./bot-cases.ts";
import { atWork, type Cli, eventually } from "./cli.ts";

interface Life {
  node(): BotNode;
  world(): World;
  cli: Pick<Cli, "json" | "account">;
  /** The configuration and the files of bots, to be compared. */
  now(): unknown;
}

const botIdOf = (token: string) => Number(token.split(":")[0]);

/** What the bots of a node live through after they were made: there are “mybot”, made by a run, and “keeper”, which somebody else made. */
export const lifeCases = ({ node, world, cli: { json, account }, now }: Life): void => {
  const run = async (workflow: string, values: Record<string, string>): Promise<RunWithSteps> => {
    const { runId } = await world().engine.start(workflow, { connection: "n1", ...values }, "Ada");
    return world().until(runId, "completed", "failed", "asking");
  };
  const undo = async (id: string): Promise<RunWithSteps> => {
    await world().engine.undo(id, "Ada");
    return world().until(id, "undone", "failed");
  };
  const sentence = ({ run: { error, outcome } }: RunWithSteps) => error?.message ?? outcome?.sentence;
  const identityOf = async (id: string) =>
    ((await json("agents", "list")) as unknown as { id: string }[]).find((one) => one.id === id);

  it("gives a bot another name, model and token, each read back, and puts them back", async () => {
    const there = now();
    const changed = await run("change-bot", {
      ...{ name: "mybot", displayName: "Other", emoji: "🐙", model: node().model },
      token: node().goodToken,
    });
    expect(sentence(changed)).toBe("Other on node1 is changed.");
    expect(await identityOf("mybot")).toMatchObject({ identityName: "Other", identityEmoji: "🐙" });
    expect(await account("mybot")).toMatchObject({
      ...atWork(node().version),
      probe: { bot: { id: botIdOf(node().goodToken) } },
    });
    const events = await world().store.events(changed.run.id, 0, 10_000);
    expect(JSON.stringify(events)).not.toContain(node().goodToken.split(":")[1]);
    expect(sentence(await undo(changed.run.id))).toBe("Other on node1 is changed.");
    expect(now()).toEqual(there);
    await eventually(async () =>
      expect(await account("mybot")).toMatchObject({
        ...atWork(node().version),
        probe: { bot: { id: botIdOf(node().tokens.mybot) } },
      }),
    );
  });

  it("refuses to change what is not there or what another bot has, and touches nothing", async () => {
    const there = now();
    const nobody = await run("change-bot", { name: "nobody", displayName: "Other" });
    expect(sentence(nobody)).toMatch(/^There is no bot “nobody” on node1\. There are: .*keeper/);
    const twin = await run("change-bot", { name: "mybot", token: node().tokens.keeper });
    expect(sentence(twin)).toContain("The account “keeper” on node1 is this very Telegram bot already");
    const main = await run("delete-bot", { name: "main" });
    expect(sentence(main)).toContain("“main” is the agent that OpenClaw on node1 falls back to");
    expect(now()).toEqual(there);
  });

  it("restarts the gateway and waits until all who were connected are back", async () => {
    expect(sentence(await run("restart-gateway", {}))).toBe(
      "The gateway of node1 was restarted, and all 2 bots that were connected are connected again.",
    );
  });

  it("shows what the log says of one bot", async () => {
    const read = await run("bot-log", { name: "keeper", lines: "500" });
    expect(sentence(read)).toMatch(/^The log of node1 says [1-9]\d* lines of “keeper”/);
    const lines = await world().store.logs(read.run.id, { after: null, limit: 10_000, stepId: "log" });
    expect(lines.some(({ text }) => text.includes("[keeper]"))).toBe(true);
    expect(lines.some(({ text }) => text.includes("[mybot]"))).toBe(false);
  });

  it("deletes a bot that somebody else made, once a person agreed, and brings it back with its folder and token", async () => {
    const there = now();
    const asked = await run("delete-bot", { name: "keeper" });
    expect(asked.run.state).toBe("asking");
    expect(now()).toEqual(there);
    await world().engine.answer(asked.run.id, "agree", { press: "approve" }, "Ada");
    const deleted = await world().until(asked.run.id, "completed", "failed");
    expect(sentence(deleted)).toMatch(/^“keeper” is deleted on node1\./);
    expect(await identityOf("keeper")).toBeUndefined();
    expect(await account("keeper")).toBeUndefined();
    expect(existsSync(join(node().stateDir, "workspace-keeper"))).toBe(false);
    expect((await undo(asked.run.id)).run.undoneAt).not.toBeNull();
    expect(now()).toEqual(there);
    await eventually(async () =>
      expect(await account("keeper")).toMatchObject({ connected: true, ...atWork(node().version) }),
    );
  });
};
