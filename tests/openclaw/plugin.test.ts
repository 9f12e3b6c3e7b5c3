import { expect, test } from "vitest";
import type { NodeFacts } from "#openclaw/deps.ts";
import { othersFiles } from "#openclaw/kept.ts";
import type { Node } from "#openclaw/node.ts";
import { needsPlugin } from "#openclaw/plugin.ts";

/** What an OpenClaw answers: to `config get` (null: it is not set), and its Telegram accounts. */
const nodeWith = (enabled: string | null, accounts: string[]) =>
  ({
    openclaw: {
      run: async () => ({ code: enabled === null ? 1 : 0, stdout: `${enabled}\n` }),
      json: async () => ({ chat: { telegram: { accounts } } }),
    },
  }) as unknown as Node;
const old = { version: "2026.7.35" } as NodeFacts;

test.each([
  ["nothing is said and nobody has an account", null, ["default"], true],
  ["nothing is said and somebody's account is at work", null, ["default", "keeper"], false],
  ["it is on", "true", [], false],
  ["it is off, whoever has an account", "false", ["keeper"], true],
] as const)(
  "Telegram is switched on by a run only where that is needed: %s",
  async (_, enabled, accounts, needed) => {
    expect(await needsPlugin(nodeWith(enabled, [...accounts]), old)).toBe(needed);
  },
);

test("what OpenClaw itself puts into a workspace, in any version, is nobody's work", async () => {
  const workspace = "/home/a/.openclaw/workspace-bot";
  const files = ["AGENTS.md", "HEARTBEAT.md", "openclaw-workspace-state.json", "USER.md", "notes.md"];
  const node = {
    ssh: { exists: async () => true },
    shell: async () => ({ stdout: files.map((name) => `${workspace}/${name}\n`).join("") }),
  } as unknown as Node;
  expect(await othersFiles(node, workspace, [], new AbortController().signal)).toEqual(["notes.md"]);
});
