import { afterEach, describe, expect, it } from "vitest";
import { type BotWorld, botValues, openBotWorld } from "./bot-world.ts";

let world: BotWorld;
afterEach(() => world.close());

const settle = async (id: string) => {
  const at = await world.until(id, "completed", "failed", "asking", "cancelled", "undone");
  return at;
};
const made = async (values = botValues()) => {
  const id = await world.make(values);
  const at = await settle(id);
  expect(at.run.error).toBeNull();
  expect(at.run.state).toBe("completed");
  return { id, at };
};

describe("creating a bot on OpenClaw 2026.9.6", () => {
  it("takes sixteen steps in the seed's order, and says of what is not needed why it was skipped", async () => {
    world = await openBotWorld();
    const { at } = await made();
    expect(at.steps.map(({ title }) => title)).toEqual([
      "SSH connection check",
      "Bot name collision check",
      "Home directory creation",
      "Template file copy",
      "Register in agents.list",
      "Telegram Bot binding",
      "auth-profiles.json symlink creation",
      "OpenClaw config file write",
      "Agent config file (openclaw.json) creation",
      "Gateway restart",
      "Startup verification (log monitoring)",
      "Dev directory creation",
      "TOOLS.md generation",
      "Symlink final verification",
      "Gateway restart wait (5 seconds)",
      "Completion notification",
      "Who may write to it?",
    ]);
    const skipped = at.steps.filter((step) => step.state === "skipped");
    expect(skipped.map(({ id, detail }) => [id, detail])).toEqual([
      ["auth", expect.stringContaining("no link is needed")],
      ["admit", "The Telegram user 4242 was allowed from the beginning."],
    ]);
    expect(at.run.outcome).toMatchObject({
      sentence: "My Bot is ready on node1, and answers.",
      links: [{ label: "Write to @mybot_bot", href: "https://t.me/mybot_bot" }],
    });
    expect(world.sent()).toHaveLength(1);
    const files = world.files();
    expect(files[".openclaw/workspace-mybot/dev"]).toBe("folder");
    expect(files[".openclaw/openclaw.json"]).toContain("claude-opus-4-6");
    expect(JSON.parse(files[".openclaw/openclaw.json"] ?? "")).toMatchObject({
      channels: { telegram: { accounts: { mybot: { allowFrom: ["4242"] } } } },
    });
  });

  it("says that the gateway needs attention when a restart hangs or it never comes back", async () => {
    for (const restart of ["hangs", "never-back"]) {
      world = await openBotWorld({ mode: { restart }, limits: { restartLimitMs: 2_500 } });
      const id = await world.make();
      const at = await settle(id);
      expect(at.run.error).toMatchObject({ stepId: "restart" });
      expect(at.run.error?.message).toMatch(/needs attention|did not become healthy|was not seen to restart/);
      if (restart === "hangs") await world.close();
    }
  });
});

describe("creating a bot on OpenClaw 2026.3.13", () => {
  it("links main's credentials, writes TOOLS.md, and restarts a gateway that OpenClaw itself would not restart", async () => {
    world = await openBotWorld({ mode: { version: "2026.3.13" } });
    const before = world.files();
    const { id, at } = await made();
    expect(at.steps.filter((step) => step.state === "skipped").map(({ id }) => id)).toEqual(["admit"]);
    const files = world.files();
    expect(files[".openclaw/agents/mybot/agent/auth-profiles.json"]).toBe(
      "-> ../../main/agent/auth-profiles.json",
    );
    expect(files[".openclaw/workspace-mybot/TOOLS.md"]).toBeDefined();
    const told = (await world.store.logs(id, { after: 0, limit: 10_000 })).map(({ text }) => text).join("\n");
    expect(told).toContain("not-loaded");
    await world.engine.undo(id, "Ada");
    const undone = await settle(id);
    expect(undone.run.error).toBeNull();
    // OpenClaw's own lines of the node's first Telegram account stay (docs/openclaw.md); of the bot nothing does.
    const config = ".openclaw/openclaw.json";
    expect({ ...world.files(), [config]: "" }).toEqual({ ...before, [config]: "" });
    expect(world.files()[config]).not.toContain("mybot");
  });
});
