import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stepOf } from "../engine/world.ts";
import { badToken, botValues, goodToken, otherToken } from "./bot-world.ts";
import { type BotsHere, openBotsHere } from "./bots-here.ts";

let world: BotsHere;
beforeEach(async () => {
  world = await openBotsHere();
});
afterEach(() => world.close());

const settle = (id: string) => world.until(id, "completed", "failed", "asking", "cancelled", "undone");
const made = async (values = botValues()) => {
  const id = await world.make(values);
  const at = await settle(id);
  expect(at.run.error).toBeNull();
  expect(at.run.state).toBe("completed");
  return { id, at };
};

describe("creating a bot on OpenClaw 2026.9.6", () => {
  it("takes sixteen steps in the seed's order, and says of what is not needed why it was skipped", async () => {
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

  it("runs nothing of what people call it or write into it, in none of its steps, and keeps it as it was written", async () => {
    const run = (file: string) =>
      `$(touch ~/${file}1) \`touch ~/${file}2\` '; touch ~/${file}3; ' "; touch ~/${file}4; " && touch ~/${file}5`;
    const purpose = `Line one ${run("soul")}\n--\n-rf / $HOME \\ \\n %s ; exit 1\nEOF\n\u0085\u2028`;
    const { at } = await made(
      botValues({ displayName: "a$(touch ~/name)';b\"`touch ~/n2`", emoji: "$(id)`id`", purpose }),
    );
    expect(at.run.outcome?.sentence).toContain("is ready on node1, and answers.");
    const files = world.files();
    expect(Object.keys(files).filter((file) => /(?:^|\/)(?:soul\d|name|n2)$/.test(file))).toEqual([]);
    expect(readFileSync(join(world.machine.home, ".openclaw/workspace-mybot/SOUL.md"), "utf8")).toContain(
      purpose.trim(),
    );
    expect(files[".openclaw/openclaw.json"]).not.toContain("uid=");
  });

  it("makes two bots on one node one after the other: the second says behind whom it waits, then is made", async () => {
    const first = await world.make();
    await world.when(first, ({ run }) => run.turn !== null);
    const second = await world.make(botValues({ name: "other", token: otherToken }));
    const times = async (id: string) => {
      const { run, steps } = await settle(id);
      expect(run).toMatchObject({ state: "completed", error: null });
      return {
        from: stepOf({ run, steps }, "register").startedAt,
        to: stepOf({ run, steps }, "settle").endedAt,
      };
    };
    const one = await times(first);
    const two = await times(second);
    expect(two.from).toBeGreaterThanOrEqual(one.to ?? Number.POSITIVE_INFINITY);
    const because = "Waits behind Create a bot #1 (node1 / mybot).";
    expect(await world.store.history(second, 100)).toContainEqual(
      expect.objectContaining({ type: "run.state", to: "waiting", because }),
    );
  });

  it("puts the token into a private file and nowhere else: no log line, no event, no result, no plan shows it", async () => {
    const plan = await world.engine.plan("create-bot", botValues());
    const { id, at } = await made();
    const told = JSON.stringify([
      plan,
      { ...at.run, secrets: null },
      at.steps,
      await world.store.events(id, 0, 10_000),
      await world.store.logs(id, { after: 0, limit: 10_000 }),
    ]);
    expect(told).not.toContain(goodToken);
    expect(told).toContain("mybot.tok");
  });

  it("shows in a dry run the exact commands of all its steps, and changes nothing", async () => {
    const before = world.files();
    const { steps } = await world.engine.plan("create-bot", botValues());
    expect(world.files()).toEqual(before);
    expect(steps).toHaveLength(17);
    expect(steps.filter((step) => step.unknown !== null)).toEqual([]);
    const told = steps.flatMap((step) => step.lines).map(({ text }) => text);
    const id = await world.make();
    await settle(id);
    const logged = (await world.store.logs(id, { after: 0, limit: 10_000 })).map(({ text }) => text);
    const sent = logged.filter((text) => text.startsWith("$ ")).map((text) => text.slice(2));
    const changing =
      /agents (add|bind|set-identity)|channels add|config (patch --stdin$|set)|gateway restart|message send|^mkdir/;
    const done = sent.filter((text) => changing.test(text));
    expect(done.length).toBeGreaterThan(6);
    for (const text of done) expect(told).toContain(text);
  });

  it("undoes exactly what it made, in the right order, and leaves what was there before as it was", async () => {
    const { at: other } = await made(botValues({ name: "other", token: otherToken, chatId: "" }));
    expect(other.run.state).toBe("completed");
    const before = world.files();
    const { id } = await made();
    await world.engine.undo(id, "Ada");
    const undone = await settle(id);
    expect(undone.run.error).toBeNull();
    expect(undone.run.undoneAt).not.toBeNull();
    expect(world.files()).toEqual(before);
    const events = await world.store.events(id, 0, 10_000);
    const order = events.flatMap((event) =>
      event.type === "step.state" && event.to === "undone" ? [event.stepId] : [],
    );
    expect(order).toEqual(
      ["tools", "dev", "config", "auth", "telegram", "register", "template", "home"].filter(
        (step) => step !== "auth",
      ),
    );
  });

  it("refuses a name that is taken, whatever of it is there, and a token that another bot has, before anything is changed", async () => {
    await made();
    const before = world.files();
    const id = await world.make();
    const at = await settle(id);
    expect(at.run.error).toMatchObject({ stepId: "name", code: "conflict" });
    expect(at.run.error?.message).toContain("an agent “mybot” and a Telegram account “mybot”");
    expect(world.files()).toEqual(before);
    const twin = await settle(await world.make(botValues({ name: "twin" })));
    expect(twin.run.error).toMatchObject({ stepId: "name", code: "conflict" });
    expect(twin.run.error?.message).toContain(
      "The account “mybot” on node1 is this very Telegram bot already",
    );
    expect(world.files()).toEqual(before);
  });

  it("stops at a token that Telegram refuses, in its words; with another token it goes on without doing the rest again", async () => {
    world.mode({ telegram: "rejects" });
    const id = await world.make(botValues({ token: badToken }));
    const at = await settle(id);
    expect(at.run.error).toMatchObject({ stepId: "startup", code: "remote-refused" });
    expect(at.run.error?.message).toContain("Telegram does not accept this bot");
    expect(at.run.error?.detail).toMatch(/401|unauthorized/i);
    world.mode({});
    await world.engine.modify(id, botValues(), "Ada");
    const done = await settle(id);
    expect(done.run.error).toBeNull();
    expect(done.run.state).toBe("completed");
    expect(stepOf(done, "register").attempt).toBe(1);
    expect(stepOf(done, "home").attempt).toBe(1);
  });
});

describe("creating a bot on OpenClaw 2026.3.13", () => {
  it("links main's credentials, writes TOOLS.md, and restarts a gateway that OpenClaw itself would not restart", async () => {
    await world.close();
    world = await openBotsHere({ mode: { version: "2026.3.13" } });
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
