import { join } from "node:path";
import { expect, it } from "vitest";
import { type Cli, eventually, type Json, never, refusal } from "./cli.ts";

/** Telegram's accounts, the gateway and its log, then the end of what `agentCases` made. */
export const channelCases = (cli: Cli): void => {
  const {
    node,
    run,
    json,
    status,
    workspace,
    openclaw,
    refused,
    accountWith,
    removed,
    account,
    config,
    ready,
  } = cli;

  it("takes an account up without a restart and sends by it", async () => {
    expect(await run(await accountWith("first", node().goodToken))).toMatchObject({
      ...{ code: 0, stdout: 'Added Telegram account "first".\n' },
    });
    await json("agents", "bind", "--agent", "first", "--bind", "telegram:first");
    await eventually(async () =>
      expect(await account("first")).toMatchObject({
        ...{ enabled: true, configured: true, running: true, connected: true, lifecycle: "ready" },
        ...{ tokenSource: "tokenFile", tokenStatus: "available", lastError: null },
        probe: { ok: true, error: null, bot: { username: expect.stringMatching(/_bot$/) } },
      }),
    );
    expect(await account("default")).toMatchObject({ configured: false, running: false });
    expect(await status()).toMatchObject({ statusIssues: [] });
    const send = ["message", "send", "--channel", "telegram", "-t", "42", "-m", "hello", "--account"];
    expect(await json(...send, "first")).toMatchObject({
      ...{ action: "send", channel: "telegram", dryRun: false, handledBy: "plugin", messageId: "1" },
      payload: { ok: true, messageId: "1", chatId: "42" },
    });
    expect(await json(...send, "first", "--dry-run")).toEqual({
      ...{ action: "send", channel: "telegram", dryRun: true, handledBy: "core" },
      payload: { channel: "telegram", to: "telegram:42", via: "direct", mediaUrl: null, dryRun: true },
    });
    expect(await refused(...send, "nobody")).toEqual(
      refusal('Unknown account "nobody" for channel telegram.'),
    );
  });

  it("takes any token and any path for one; only the channel's state tells, and the whole gateway's", async () => {
    expect(await run(await accountWith("wrong", node().badToken))).toMatchObject({ code: 0 });
    const missing = ["--account", "missing", "--token-file", join(node().stateDir, "no-such-file")];
    expect(await openclaw("channels", "add", "--channel", "telegram", ...missing)).toMatchObject({
      code: 0,
    });
    const message = expect.stringMatching(
      /^Telegram bot token unauthorized for account "wrong" \(getMe returned 401 from Telegram; source: tokenFile token\)\./,
    );
    await eventually(async () =>
      expect(await account("wrong")).toMatchObject({
        ...{ configured: true, running: false, lifecycle: "blocked", lastError: message },
        probe: { ok: false, status: 401, error: "Unauthorized" },
      }),
    );
    expect(await account("wrong")).not.toHaveProperty("connected");
    expect(await account("missing")).toMatchObject({ running: false });
    expect(await status()).toMatchObject({
      statusIssues: expect.arrayContaining([
        expect.objectContaining({ channel: "telegram", accountId: "wrong", kind: "runtime", message }),
      ]),
    });
    // One broken account, and the gateway calls itself not ready, though the others work.
    await eventually(async () =>
      expect(await ready()).toMatchObject({ status: 503, ready: false, failing: ["telegram"] }),
    );
    await eventually(async () => expect(await account("first")).toMatchObject({ connected: true }));
    expect((await json("gateway", "restart")).result).toBe("restarted");
    expect(await openclaw(...removed("wrong"))).toMatchObject({
      ...{ code: 0, stdout: 'Deleted Telegram account "wrong".\n' },
    });
    expect(await openclaw(...removed("missing"))).toMatchObject({ code: 0 });
    const again = await openclaw(...removed("wrong"));
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(
      /^Telegram has no account "wrong" to remove\. Known accounts: default, first\. /,
    );
    await eventually(async () =>
      expect(await ready()).toMatchObject({ status: 200, ready: true, failing: [] }),
    );
  });

  it("restarts its gateway in earnest: the uptime begins anew", async () => {
    const before = (await ready()) as { uptimeMs?: number };
    const begun = Date.now();
    expect(await json("gateway", "restart")).toMatchObject({
      ...{ action: "restart", ok: true, result: "restarted" },
      message: expect.stringMatching(
        /^Gateway restart request sent to foreground process on port \d+: \d+\.$/,
      ),
    });
    const after = (await ready()) as { uptimeMs?: number };
    expect(after.uptimeMs).toBeLessThan((before.uptimeMs ?? 0) + (Date.now() - begun));
    expect(await json("gateway", "status")).toMatchObject({
      ...{ cli: { version: "2026.9.6" }, config: { cli: { exists: true, valid: true } } },
      ...{ logFile: expect.any(String), gateway: { port: node().gatewayPort, version: "2026.9.6" } },
      port: { status: "busy", listeners: [{ pid: expect.any(Number) }] },
      rpc: { ok: true },
    });
  });

  it("tells in its log what an account did, in order", async () => {
    const { stdout } = await openclaw("logs", "--json", "--limit", "2000");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);
    expect(lines[0]).toMatchObject({ type: "meta", sourceKind: "file", size: expect.any(Number) });
    const messages = lines.filter(({ type }) => type === "log").map(({ message }) => String(message));
    const exit = messages.findIndex((line) => line.startsWith("[wrong] channel exited: Telegram bot token"));
    expect(exit).toBeGreaterThan(-1);
    expect(messages.slice(exit)).toContain("[wrong] auto-restart skipped, terminal disconnect");
    const restart = messages.lastIndexOf("received SIGUSR2; restarting");
    expect(restart).toBeGreaterThan(exit);
    const since = messages.slice(restart);
    const order = ["starting channels and sidecars...", "gateway ready"];
    expect(since.filter((line) => order.includes(line))).toEqual(order);
    expect(since.find((line) => /^\[first\] starting provider \(@\w+\)$/.test(line))).toBeDefined();
  });

  it("deletes an agent with its bindings and files but not its account, then goes back to one agent", async () => {
    expect(await refused("agents", "delete", "first")).toEqual(
      refusal("Non-interactive session. Re-run with --force."),
    );
    const gone = (await json("agents", "delete", "first", "--force")) as { removed?: Json[] };
    expect(gone).toMatchObject({ agentId: "first", removedBindings: 1, failed: [], transport: "gateway" });
    expect(gone.removed).toContainEqual({ path: workspace("first"), method: "trash" });
    expect(await node().ssh.exists(workspace("first"), never)).toBe(false);
    expect(await refused("agents", "delete", "first", "--force")).toEqual(
      refusal('Agent "first" not found. Run openclaw agents list to see configured agents.'),
    );
    expect(await json("channels", "list")).toMatchObject({
      chat: { telegram: { accounts: ["default", "first"] } },
    });
    await openclaw(...removed("first"));
    await json("agents", "delete", "second", "--force");
    expect(await json("agents", "list")).toMatchObject([{ id: "main", bindings: 1 }]);
    expect(await config("agents")).not.toHaveProperty("ownership");
  });
};
