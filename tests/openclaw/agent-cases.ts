import { join } from "node:path";
import { expect, it } from "vitest";
import { type Cli, refusal } from "./cli.ts";

/** Agents, bindings and the configuration: leaves the agents “first” and “second”. */
export const agentCases = (cli: Cli): void => {
  const { node, run, json, workspace, openclaw, refused, added, config } = cli;

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
    const paths = { agentDir: join(node().stateDir, "agents", "first", "agent") };
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
};
