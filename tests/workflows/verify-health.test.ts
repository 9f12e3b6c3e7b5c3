import { expect, test } from "vitest";
import type { Visit } from "#connectors/dokploy/visit.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { verifyHealth } from "#stacks/steps/verifying-health.ts";
import { turnoverOf } from "#workflows/deploy-stack/turnover.ts";

const deps = {
  connect: async () => ({}),
  visit: async (): Promise<Visit> => ({ healthy: true, status: 200 }),
  outageMs: 1_000,
  monitorMs: 7_000,
  certificateMs: 0,
} as unknown as StackDeps;
const input = { healthEveryMs: 1_000, healthTimeoutMs: 3_000, healthPath: "/", loginIsHealthy: false };

/** Looks once a second at a container that began with the first look, until that is decided. */
const lookOn = async (isRunning: boolean): Promise<unknown> => {
  let seconds = 0;
  const task = () => ({
    id: "new",
    is: isRunning ? "running" : "starting",
    forMs: seconds * 1_000,
    error: "",
  });
  const { look } = verifyHealth(deps, {
    look: async () => turnoverOf([task()], [], { replicas: 1, monitorMs: deps.monitorMs }),
    output: async () => [],
    plan: "",
  });
  let memo: unknown;
  for (;;) {
    const ctx = {
      input,
      memo,
      results: { "creating-domain": { origin: "http://x" } },
      log: () => {},
      now: () => 0,
    };
    const found = await look(ctx as never).catch((thrown: Error) => thrown);
    if (found instanceof Error || "done" in found) return found;
    memo = (found as { memo?: unknown }).memo;
    seconds++;
  }
};

test("a good stack is healthy however short a time was given: a container that began at once could not have stayed sooner", async () => {
  expect(await lookOn(true)).toMatchObject({ done: { status: 200 } });
});

test("one that does not begin to run is given up all the same", async () => {
  expect(await lookOn(false)).toMatchObject({ code: "timed-out" });
});
