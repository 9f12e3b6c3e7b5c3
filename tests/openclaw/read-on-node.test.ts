import { expect, test } from "vitest";
import { ExecError } from "#connectors/ssh/exec-result.ts";
import { nextTryMs, usualRetry } from "#core/retry.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { onNode, readOnNode } from "#openclaw/node.ts";

const broken = new ExecError(
  "unreachable",
  "The connection to node1 broke while “openclaw agents list” ran.",
  {
    ...{ command: "openclaw agents list", code: null, signal: null, stdout: "", stderr: "" },
    ...{ truncated: false, noise: "", durationMs: 1, stop: null },
  },
);
const given: string[] = [];
const ssh = { name: "node1", release: () => void given.push("back") };
const deps = { connect: async () => ({ ssh, openclaw: "openclaw" }) } as unknown as Pick<NodeDeps, "connect">;
const at = { input: { connectionId: "n" }, signal: new AbortController().signal };
const fails = () => Promise.reject(broken);

test("a connection that broke in the middle ends what changes something, and only delays what reads", async () => {
  const [changing, reading] = [
    await onNode(deps, at, fails).catch((e) => e),
    await readOnNode(deps, at, fails).catch((e) => e),
  ];
  expect(nextTryMs(usualRetry, { tries: 1 }, changing, 0)).toBeNull();
  expect(nextTryMs(usualRetry, { tries: 1 }, reading, 0)).toBeGreaterThan(0);
  expect(reading.message).toBe(broken.message);
  expect(given).toEqual(["back", "back"]);
});
