import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";

/** A machine with OpenClaw set up, its gateway running, Telegram without accounts, and no agent but main. */
export interface OpenclawNode {
  ssh: Ssh;
  /** The command, as a shell there runs it. */
  command: string;
  stateDir: string;
  gatewayPort: number;
  /** Tokens that its Telegram takes and refuses. */
  goodToken: string;
  badToken: string;
  close(): Promise<void>;
}

/** What a command printed is looked at by matchers only. */
type Json = Record<string, unknown>;

const never = new AbortController().signal;
/** The real program's commands take seconds, and more on a busy machine. */
const patienceMs = 60_000;

/** What our workflow relies on in OpenClaw 2026.9.6. The real one and the sandbox's stand-in both keep it; cases follow each other. */
export const openclawContract = (name: string, start: () => Promise<OpenclawNode>): void => {
  describe(`OpenClaw's command line, as ${name} has it`, { timeout: 3 * patienceMs }, () => {
    let node: OpenclawNode;
    const run = (words: readonly string[], stdin?: string): Promise<ExecResult> =>
      node.ssh.exec(command([node.command, ...words]), {
        ...{ signal: never, timeoutMs: patienceMs },
        ...(stdin === undefined ? {} : { stdin }),
      });
    const openclaw = (...words: readonly string[]) => run(words);
    const json = async (...words: readonly string[]) =>
      JSON.parse((await run([...words, "--json"])).stdout) as Json;
    const refusal = (message: string) => ({ ok: false, error: { type: "cli_error", message } });
    const refused = async (...words: readonly string[]) => {
      const { code, stdout } = await run([...words, "--json"]);
      expect(code).toBe(1);
      return JSON.parse(stdout) as Json;
    };
    const workspace = (id: string) => join(node.stateDir, `workspace-${id}`);
    const added = (id: string) => ["agents", "add", id, "--workspace", workspace(id), "--non-interactive"];
    const tokenFile = async (account: string, token: string) => {
      const path = join(node.stateDir, `${account}.tok`);
      await node.ssh.upload(token, path, { mode: 0o600, signal: never });
      return ["channels", "add", "--channel", "telegram", "--account", account, "--token-file", path];
    };
    const removed = (account: string) => [
      "channels",
      "remove",
      "--channel",
      "telegram",
      "--account",
      account,
      "--delete",
    ];
    const status = () => json("channels", "status", "--probe", "--timeout", "10000");
    const account = async (id: string) => {
      const { channelAccounts } = (await status()) as { channelAccounts?: { telegram?: Json[] } };
      return channelAccounts?.telegram?.find(({ accountId }) => accountId === id);
    };
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${node.gatewayPort}/readyz`);
      return { status: response.status, ...((await response.json()) as Json) };
    };
    const config = async (path: string) => json("config", "get", path);
    const eventually = (look: () => Promise<void>) =>
      vi.waitFor(look, { timeout: patienceMs, interval: 200 });

    beforeAll(async () => {
      node = await start();
    }, 10 * patienceMs);
    afterAll(() => node.close(), patienceMs);

    it("says its version, a valid configuration and one agent", async () => {
      expect((await openclaw("--version")).stdout).toMatch(/^OpenClaw 2026\.9\.6 /);
      expect(await json("config", "validate")).toMatchObject({ valid: true, warnings: [] });
      expect(await json("agents", "list")).toMatchObject([
        {
          ...{ id: "main", name: "main", bindings: 0, isDefault: true, createdVia: "operator" },
          ...{ identityName: "main", identitySource: "config", createdAt: expect.any(Number) },
        },
      ]);
      expect(await json("agents", "bindings")).toEqual([]);
    });

    it("makes main the owner of what is there when a second agent comes", async () => {
      const paths = { agentDir: join(node.stateDir, "agents", "first", "agent") };
      expect(await json(...added("first"))).toEqual({
        ...{ agentId: "first", name: "first", workspace: workspace("first"), ...paths },
        bindings: { added: [], updated: [], skipped: [], conflicts: [] },
      });
      expect(await json("agents", "bindings")).toEqual([
        {
          ...{ agentId: "main", match: { channel: "telegram", accountId: "*" } },
          description: "telegram accountId=*",
        },
      ]);
      expect(await config("agents")).toMatchObject({
        ...{ ownership: "explicit", defaults: { systemAgent: { agentId: "main" } } },
        entries: { main: {}, first: { name: "first", workspace: workspace("first") } },
      });
      expect(await config("talk")).toEqual({ agentId: "main" });
    });

    it("changes names without a word and refuses what is taken or reserved", async () => {
      expect(await json(...added("My Bot!"))).toMatchObject({ agentId: "my-bot", name: "My Bot!" });
      expect(await refused(...added("Main"))).toEqual(refusal('Agent "main" already exists.'));
      expect(await refused(...added("openclaw"))).toEqual(
        refusal(
          '"openclaw" is reserved. Choose another name, or run openclaw agents list to inspect configured agents.',
        ),
      );
      expect(await json("agents", "delete", "my-bot", "--force")).toMatchObject({ agentId: "my-bot" });
    });

    it("ends with 0 when `agents add` could not bind, and with 1 when `agents bind` could not", async () => {
      const spec = ["--bind", "telegram:shared"];
      const bind = (agent: string) => run(["agents", "bind", "--agent", agent, ...spec, "--json"]);
      const taken = "telegram accountId=shared (agent=first)";
      expect(JSON.parse((await bind("first")).stdout)).toEqual({
        ...{ agentId: "first", added: ["telegram accountId=shared"] },
        ...{ updated: [], skipped: [], conflicts: [] },
      });
      const again = await bind("first");
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({ added: [], skipped: ["telegram accountId=shared"] });
      const second = await run([...added("second"), ...spec, "--json"]);
      expect(second.code).toBe(0);
      expect(JSON.parse(second.stdout)).toMatchObject({ bindings: { added: [], conflicts: [taken] } });
      const conflict = await bind("second");
      expect(conflict.code).toBe(1);
      expect(JSON.parse(conflict.stdout)).toMatchObject({ agentId: "second", added: [], conflicts: [taken] });
      expect(await refused("agents", "bind", "--agent", "nobody", ...spec)).toEqual(
        refusal('Agent "nobody" not found. Run openclaw agents list to see configured agents.'),
      );
    });

    it("unbinds what is bound, and calls the rest missing without complaint", async () => {
      const unbind = () => json("agents", "unbind", "--agent", "first", "--bind", "telegram:shared");
      const rest = { agentId: "first", conflicts: [] };
      expect(await unbind()).toEqual({ ...rest, removed: ["telegram accountId=shared"], missing: [] });
      expect(await unbind()).toEqual({ ...rest, removed: [], missing: ["telegram accountId=shared"] });
      expect(await refused("agents", "unbind", "--agent", "first")).toEqual(
        refusal("Provide at least one --bind <channel[:accountId]> or use --all."),
      );
    });

    it("keeps what an identity has beside what is set", async () => {
      const set = (...words: string[]) => json("agents", "set-identity", "--agent", "first", ...words);
      await set("--name", "First", "--emoji", "🦞");
      expect(await set("--name", "The First")).toEqual({
        ...{ agentId: "first", identity: { name: "The First", emoji: "🦞" } },
        ...{ workspace: null, storedWorkspace: workspace("first"), identityFile: null },
      });
      expect(await config("agents.entries.first.identity")).toEqual({ name: "The First", emoji: "🦞" });
      expect(await refused("agents", "set-identity", "--agent", "nobody", "--name", "x")).toEqual(
        refusal('Agent "nobody" not found. Create it with `openclaw agents add`.'),
      );
    });

    it("patches the configuration, tries a patch, and gives JSON for a try only", async () => {
      const patch = (value: object, ...more: string[]) =>
        run(["config", "patch", "--stdin", ...more], JSON.stringify(value));
      const good = { agents: { entries: { first: { model: "anthropic/claude-opus-4-6" } } } };
      const tried = await patch(good, "--dry-run", "--json");
      expect(JSON.parse(tried.stdout)).toMatchObject({ ok: true, operations: 1 });
      expect(JSON.parse(tried.stdout)).not.toHaveProperty("errors");
      expect(await patch(good, "--json")).toMatchObject({ code: 1, stdout: "" });
      expect(await patch(good)).toMatchObject({
        ...{ code: 0, stdout: expect.stringMatching(/^Applied 1 config update\(s\)\. /) },
      });
      expect(await config("agents.entries.first.model")).toBe("anthropic/claude-opus-4-6");
      const unknown = await patch(
        { agents: { entries: { first: { model: "nope/none" } } } },
        "--dry-run",
        "--json",
      );
      expect(unknown.code).toBe(1);
      expect(JSON.parse(unknown.stdout)).toMatchObject({ ok: false, errors: [{ kind: "model" }] });
      expect(await patch({ agents: { entries: { first: { model: null } } } })).toMatchObject({ code: 0 });
      expect(await refused("config", "get", "agents.entries.first.model")).toMatchObject({ ok: false });
      const twice = await openclaw("config", "unset", "agents.entries.first.model");
      expect(twice.code).toBe(1);
      expect(twice.stderr).toMatch(/^Config path not found: agents\.entries\.first\.model\. /);
      expect(await patch({ gateway: { port: "x" } })).toMatchObject({
        code: 1,
        stderr: "Config validation failed: gateway.port: Invalid input: expected number, received string\n",
      });
    });

    it("takes an account up without a restart and sends by it", async () => {
      expect(await run(await tokenFile("first", node.goodToken))).toMatchObject({
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
      expect(await run(await tokenFile("wrong", node.badToken))).toMatchObject({ code: 0 });
      const missing = ["--account", "missing", "--token-file", join(node.stateDir, "no-such-file")];
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
        ...{ logFile: expect.any(String), gateway: { port: node.gatewayPort, version: "2026.9.6" } },
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
      const exit = messages.findIndex((line) =>
        line.startsWith("[wrong] channel exited: Telegram bot token"),
      );
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
      expect(await node.ssh.exists(workspace("first"), never)).toBe(false);
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
  });
};
