import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goodToken, type Json, type Node1, never, startNode1 } from "./node1.ts";

let node1: Node1;
const workspace = (id: string) => join(node1.sandbox.stateDir, `workspace-${id}`);
const add = (name: string, ...more: string[]) =>
  node1.openclaw(
    "agents",
    "add",
    name,
    "--workspace",
    workspace(name),
    "--non-interactive",
    "--json",
    ...more,
  );
const addAccount = async (account: string, token = goodToken) => {
  await node1.ssh.upload(token, `${account}.tok`, { mode: 0o600, signal: never });
  const file = join(node1.sandbox.home, `${account}.tok`);
  return node1.openclaw(
    "channels",
    "add",
    "--channel",
    "telegram",
    "--account",
    account,
    "--token-file",
    file,
  );
};
const accounts = async () =>
  (
    (await node1.json("channels", "status", "--probe", "--timeout", "5000")) as {
      channelAccounts?: { telegram: Json[] };
    }
  ).channelAccounts?.telegram ?? [];
const account = async (id: string) => (await accounts()).find((one) => one.accountId === id);
const logged = async (): Promise<string[]> => {
  const { stdout } = await node1.openclaw("logs", "--json", "--limit", "500");
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Json);
  return lines.filter(({ type }) => type === "log").map(({ message }) => String(message));
};
const untilReady = () =>
  vi.waitFor(async () => expect(await node1.gateway("/readyz")).toMatchObject({ ready: true }), 50_000);

afterEach(() => node1.close());

describe("the sandbox's openclaw 2026.9.6", () => {
  beforeEach(async () => {
    node1 = await startNode1();
    await untilReady();
  });

  it("has agents in agents.entries, and changes names without a word", async () => {
    expect(JSON.parse((await add("My Bot!")).stdout)).toMatchObject({ agentId: "my-bot", name: "My Bot!" });
    expect(node1.config()).toMatchObject({
      agents: { ownership: "explicit", entries: { main: {}, "my-bot": { name: "My Bot!" } } },
    });
    expect((await node1.json("agents", "list")) as unknown).toMatchObject([{ id: "main" }, { id: "my-bot" }]);
    for (const name of ["Main", "openclaw", "-x", "ÄÖ"]) {
      const refused = await add(name);
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { type: "cli_error" } });
    }
  });

  it("keeps a configuration of mode 600 with the former ones beside it", async () => {
    for (const name of ["one", "two", "three"]) await add(name);
    const files = readdirSync(node1.sandbox.stateDir).filter((name) => name.startsWith("openclaw.json"));
    expect(files).toEqual(
      expect.arrayContaining(["openclaw.json.bak", "openclaw.json.bak.1", "openclaw.json.last-good"]),
    );
    expect(statSync(join(node1.sandbox.stateDir, "openclaw.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(node1.sandbox.stateDir, "openclaw.json.bak"), "utf8")).not.toContain("three");
  });

  it("loses no agent when several are added at once", async () => {
    const names = Array.from({ length: 6 }, (_, i) => `bot${i}`);
    await Promise.all(names.map((name) => add(name)));
    const listed = (await node1.json("agents", "list")) as unknown as { id: string }[];
    expect(listed.map(({ id }) => id).sort()).toEqual([...names, "main"].sort());
  });

  it("keeps files that are in the workspace already and seeds the others", async () => {
    const path = join(workspace("mybot"), "AGENTS.md");
    await node1.run(["mkdir", "-m", "700", workspace("mybot")]);
    writeFileSync(path, "mine");
    await add("mybot");
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect(existsSync(join(workspace("mybot"), "SOUL.md"))).toBe(true);
    expect(existsSync(join(workspace("mybot"), "TOOLS.md"))).toBe(false);
  });

  it("exits with 0 on a binding conflict of `agents add`, but with 1 on one of `agents bind`", async () => {
    await add("first", "--bind", "telegram:shared");
    const second = await add("second", "--bind", "telegram:shared");
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      bindings: { added: [], conflicts: ["telegram accountId=shared (agent=first)"] },
    });
    const bind = (agent: string) =>
      node1.openclaw("agents", "bind", "--agent", agent, "--bind", "telegram:shared", "--json");
    expect(await bind("second")).toMatchObject({ code: 1 });
    const again = await bind("first");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ added: [], skipped: ["telegram accountId=shared"] });
    expect((await bind("nobody")).code).toBe(1);
  });

  it("takes a new account up without a restart", async () => {
    expect(await addAccount("mybot")).toMatchObject({ code: 0, stdout: 'Added Telegram account "mybot".\n' });
    await vi.waitFor(
      async () =>
        expect(await account("mybot")).toMatchObject({
          ...{ running: true, connected: true, lifecycle: "ready", tokenSource: "tokenFile" },
          probe: { ok: true, bot: { username: "mybot_bot" } },
        }),
      50_000,
    );
    expect(await logged()).toContain("[mybot] starting provider (@mybot_bot)");
    const sent = [
      "message",
      "send",
      "--channel",
      "telegram",
      "--account",
      "mybot",
      "-t",
      "42",
      "-m",
      "hello",
    ];
    expect(await node1.json(...sent)).toMatchObject({ payload: { ok: true } });
    expect(readFileSync(join(node1.sandbox.stateDir, "sandbox-outbox.jsonl"), "utf8")).toContain('"hello"');
  });

  it("exits with 0 for a bogus token, and only the channel's state and the log tell", async () => {
    expect(await addAccount("mybot", "bogus")).toMatchObject({ code: 0 });
    await vi.waitFor(
      async () => expect(await account("mybot")).toMatchObject({ running: false, lifecycle: "blocked" }),
      50_000,
    );
    const lines = await logged();
    const exit = lines.findIndex((line) =>
      line.startsWith("[mybot] channel exited: Telegram bot token unauthorized"),
    );
    expect(exit).toBeGreaterThan(-1);
    expect(lines[exit + 1]).toBe("[mybot] auto-restart skipped, terminal disconnect");
  });

  it("really restarts its gateway: its uptime falls and the log tells it in order", async () => {
    await addAccount("mybot");
    await vi.waitFor(
      async () => expect(Number((await node1.gateway("/readyz")).uptimeMs)).toBeGreaterThan(2_000),
      50_000,
    );
    const before = (await logged()).length;
    expect(await node1.json("gateway", "restart")).toMatchObject({ ok: true, result: "restarted" });
    expect(Number((await node1.gateway("/readyz")).uptimeMs)).toBeLessThan(2_000);
    const order = [
      "received SIGUSR2; restarting",
      "starting HTTP server...",
      "starting channels and sidecars...",
      "gateway ready",
    ];
    const since = (await logged()).slice(before);
    expect(since.filter((line) => order.includes(line))).toEqual(order);
    expect(since.indexOf("[mybot] starting provider (@mybot_bot)")).toBeGreaterThan(
      since.indexOf(order[2] ?? ""),
    );
  });

  it("hangs in a restart when it is told to, and is then down", async () => {
    node1.mode({ restart: "hangs" });
    const restart = node1.ssh.exec("openclaw gateway restart --json", { signal: never, timeoutMs: 1_500 });
    await expect(restart).rejects.toMatchObject({ code: "timed-out", result: { stop: { confirmed: true } } });
    await expect(node1.gateway("/readyz")).rejects.toThrow();
    expect(await node1.json("gateway", "status")).toMatchObject({
      rpc: { ok: false },
      port: { status: "free" },
    });
  });

  it("never comes back when it is told so, and says it", async () => {
    node1.mode({ restart: "never-back" });
    const restart = await node1.openclaw("gateway", "restart", "--json");
    expect(restart.code).toBe(1);
    expect(JSON.parse(restart.stdout)).toMatchObject({ ok: false, result: "restart-health-failed" });
    const health = await node1.openclaw("health", "--json", "--timeout", "300");
    expect(health.code).toBe(1);
    expect(JSON.parse(health.stdout)).toMatchObject({
      error: { type: "gateway_transport_error", kind: "timeout" },
    });
    expect(await node1.openclaw("channels", "status", "--json", "--timeout", "300")).toMatchObject({
      code: 0,
    });
    expect(await node1.openclaw("gateway", "status", "--json", "--require-rpc")).toMatchObject({ code: 1 });
  });

  it("patches by merging objects, replacing arrays and deleting nulls, and tries without writing", async () => {
    await add("mybot", "--bind", "telegram:mybot");
    const patch = async (value: object, ...more: string[]) =>
      node1.run(["openclaw", "config", "patch", "--stdin", ...more], JSON.stringify(value));
    const model = { agents: { entries: { mybot: { model: "anthropic/claude-sonnet-4-5" } } } };
    expect(JSON.parse((await patch(model, "--dry-run", "--json")).stdout)).toMatchObject({
      ok: true,
      operations: 1,
    });
    expect(JSON.stringify(node1.config())).not.toContain("claude");
    await patch(model);
    expect(node1.config()).toMatchObject({
      agents: { entries: { mybot: { name: "mybot", ...model.agents.entries.mybot } } },
    });
    const unknown = await patch(
      { agents: { entries: { mybot: { model: "nobody/nothing" } } } },
      "--dry-run",
      "--json",
    );
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.stdout)).toMatchObject({ ok: false, errors: [{ kind: "model" }] });
    await patch({ bindings: [], agents: { entries: { mybot: { model: null } } } });
    expect(node1.config()).toMatchObject({ bindings: [] });
    expect(JSON.stringify(node1.config())).not.toContain("claude");
  });

  it("shows no secret in `config get` and compares before it sets", async () => {
    expect(await node1.json("config", "get", "gateway.auth")).toMatchObject({
      token: "__OPENCLAW_REDACTED__",
    });
    expect((await node1.openclaw("config", "get", "no.such.thing", "--json")).code).toBe(1);
    const set = (...more: string[]) => node1.openclaw("config", "set", "messages.prefix", "hi", ...more);
    expect(await set("--expect-current-absent")).toMatchObject({ code: 0 });
    expect(await set("--expect-current-absent")).toMatchObject({ code: 1 });
    expect(await set()).toMatchObject({ stdout: "No change\n" });
    const wrong = await node1.openclaw("config", "set", "gateway.port", "many");
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Config validation failed: gateway.port"),
    });
  });

  it("refuses every command with a hand-written list of agents", async () => {
    const path = join(node1.sandbox.stateDir, "openclaw.json");
    writeFileSync(path, JSON.stringify({ ...node1.config(), agents: { list: [{ id: "main" }] } }));
    expect(await node1.json("config", "validate")).toMatchObject({
      valid: false,
      issues: [{ path: "agents.ownership" }],
    });
    expect((await node1.openclaw("agents", "list", "--json")).code).toBe(1);
  });

  it("deletes an agent with its bindings and files, but not its account", async () => {
    await add("mybot", "--bind", "telegram:mybot");
    await addAccount("mybot");
    expect((await node1.openclaw("agents", "delete", "mybot", "--json")).code).toBe(1);
    expect(await node1.json("agents", "delete", "mybot", "--force")).toMatchObject({
      removedBindings: 1,
      failed: [],
    });
    expect(existsSync(workspace("mybot"))).toBe(false);
    expect((await node1.json("agents", "bindings")) as unknown).toEqual([]);
    expect(await node1.json("channels", "list")).toMatchObject({
      chat: { telegram: { accounts: ["default", "mybot"] } },
    });
    const remove = await node1.openclaw(
      "channels",
      "remove",
      "--channel",
      "telegram",
      "--account",
      "mybot",
      "--delete",
    );
    expect(remove.stdout).toBe('Deleted Telegram account "mybot".\n');
  });

  it("lets every agent read the shared models' credentials", async () => {
    await add("mybot");
    expect(await node1.json("models", "auth", "list", "--agent", "mybot")).toMatchObject({
      profiles: [{ provider: "anthropic" }, { provider: "openai" }],
    });
  });
});

describe("the sandbox's openclaw 2026.3.13", () => {
  beforeEach(async () => {
    node1 = await startNode1({ version: "2026.3.13" });
    await untilReady();
  });

  it("has agents in agents.list and seeds TOOLS.md", async () => {
    expect(await node1.openclaw("--version")).toMatchObject({
      stdout: expect.stringContaining("OpenClaw 2026.3.13"),
    });
    expect(await add("mybot")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Config overwrite"),
    });
    expect(node1.config()).toMatchObject({ agents: { list: [{ id: "main" }, { id: "mybot" }] } });
    expect(existsSync(join(workspace("mybot"), "TOOLS.md"))).toBe(true);
  });

  it("knows no Telegram before its plugin is enabled", async () => {
    expect(await addAccount("mybot")).toMatchObject({ code: 1, stderr: "Unknown channel: telegram\n" });
    await node1.openclaw("plugins", "enable", "telegram");
    expect(await addAccount("mybot")).toMatchObject({ code: 0 });
  });

  it("says ok to a restart that restarts nothing; the signal does", async () => {
    const { uptimeMs } = await node1.gateway("/readyz");
    expect(await node1.json("gateway", "restart")).toMatchObject({ ok: true, result: "not-loaded" });
    expect(Number((await node1.gateway("/readyz")).uptimeMs)).toBeGreaterThan(Number(uptimeMs));
    const { port } = (await node1.json("gateway", "status")) as { port: { listeners: { pid: number }[] } };
    const before = Date.now();
    await node1.run(["kill", "-s", "USR1", String(port.listeners[0]?.pid)]);
    await vi.waitFor(async () => {
      const now = await node1.gateway("/readyz");
      expect(now).toMatchObject({ ready: true });
      expect(Number(now.uptimeMs)).toBeLessThan(Date.now() - before);
    }, 50_000);
  });

  it("takes an agent's credentials from its own auth-profiles.json or from where that links to", async () => {
    await add("mybot");
    expect(await node1.json("models", "auth", "list", "--agent", "mybot")).toMatchObject({ profiles: [] });
    const agents = join(node1.sandbox.stateDir, "agents");
    const main = join(agents, "main", "agent", "auth-profiles.json");
    expect(existsSync(main)).toBe(true);
    await node1.run(["mkdir", "-p", join(agents, "mybot", "agent")]);
    await node1.run([
      "ln",
      "-sfn",
      "../../main/agent/auth-profiles.json",
      join(agents, "mybot", "agent", "auth-profiles.json"),
    ]);
    expect(await node1.json("models", "status", "--agent", "mybot")).toMatchObject({
      auth: {
        providers: ["anthropic", "openai"].map((provider) => ({ provider, effective: { detail: main } })),
      },
    });
  });
});
