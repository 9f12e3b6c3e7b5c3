import { expect, test } from "vitest";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { deleteAgent } from "#openclaw/agents.ts";
import type { NodeFacts } from "#openclaw/deps.ts";
import type { Node } from "#openclaw/node.ts";
import { createOpenclaw } from "#openclaw/openclaw.ts";

/** As OpenClaw 2026.7.35 said it of `agents delete` while its gateway wrote the configuration. */
const conflict = "ConfigMutationConflictError: config changed since last load";
const done = { code: 0, stdout: "{}", stderr: "" };
const outrun = { code: 1, stdout: "", stderr: conflict };

const openclawThat = (...answers: readonly Partial<ExecResult>[]) => {
  const asked: string[] = [];
  const log: string[] = [];
  const exec: Ssh["exec"] = async (text) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(text);
    return { command: text, ...answer } as ExecResult;
  };
  const ssh = { name: "node1", exec } as unknown as Ssh;
  const { signal } = new AbortController();
  const openclaw = createOpenclaw({
    ...{ ssh, program: "openclaw", signal, limitMs: 1_000 },
    log: (line) => void log.push(line),
  });
  return { openclaw, asked, log };
};

test("a command that another's change of the configuration outran is given once more, and says so", async () => {
  const { openclaw, asked, log } = openclawThat(outrun, outrun, done);
  await openclaw.must(["agents", "delete", "badbot", "--force"]);
  expect(asked).toEqual(Array.from({ length: 3 }, () => "openclaw agents delete badbot --force"));
  expect(log.filter((line) => line.endsWith("once more."))).toHaveLength(2);
});

test("one that is outrun again and again fails in OpenClaw's words, and another failure at once", async () => {
  const always = openclawThat(outrun);
  await expect(always.openclaw.must(["agents", "delete", "badbot"])).rejects.toMatchObject({
    message: `“openclaw agents delete” on node1 ended with exit code 1: ${conflict}.`,
  });
  expect(always.asked).toHaveLength(5);
  const other = openclawThat({ code: 1, stdout: "", stderr: "no such agent" });
  await expect(other.openclaw.must(["agents", "delete", "badbot"])).rejects.toMatchObject({
    code: "remote-failed",
  });
  expect(other.asked).toHaveLength(1);
});

test("an agent that the gateway deleted after the command had given up counts as deleted", async () => {
  const listed = { code: 0, stdout: JSON.stringify([{ id: "badbot", workspace: "/home/w" }]), stderr: "" };
  const gone = { code: 0, stdout: "[]", stderr: "" };
  const notFound = { code: 1, stdout: "", stderr: 'Agent "badbot" not found.' };
  const facts = { stateDir: "/home/.openclaw" } as NodeFacts;
  const { signal } = new AbortController();
  const deleting = async (...answers: readonly Partial<ExecResult>[]) => {
    const { openclaw } = openclawThat(...answers);
    const ssh = { name: "node1", exists: async () => false };
    await deleteAgent({ openclaw, ssh } as unknown as Node, facts, "badbot", signal);
  };
  await deleting(listed, outrun, notFound, gone);
  await expect(deleting(listed, notFound, listed)).rejects.toThrow("not found");
});
