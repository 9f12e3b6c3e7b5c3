import { expect, test } from "vitest";
import { areUndone, counts, deadlyServer, errorsOf, make, names } from "./deadly-server.ts";
import { contents } from "./deploy-stack-world.ts";

/** Dozens of starts of a server. */
const timeout = 60_000;

const values = { env: "A=1" };
const detailed = { ...values, volumes: "/workspace", environment: "staging" };

test("kill -9 of two deployments at every call and step of both leaves two stacks, each with one of everything", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = counts(server);
  const { runs, deaths } = await live("deploy-stack", detailed);
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(counts(server).map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 2, 2, 2, 2, 2]);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 8);
});

test("kill -9 of two failing deployments at every call and step, rollbacks included, leaves nothing of them and all of others", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = contents(server);
  server.behaviour.deployment = "error";
  const { runs, deaths } = await live("deploy-stack", detailed);
  expect(areUndone(runs)).toEqual([true, true]);
  expect(contents(server)).toEqual(before);
  expect(server.environments).toEqual([]);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 7 + 2 * 2 * 3);
});

test("kill -9 of two updates that are not healthy, at every call and step, puts both back and deploys what was there once", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  await make(server, names, "deploy-stack", values);
  const before = contents(server);
  server.behaviour.page = 503;
  const { runs } = await live("deploy-stack", { ...values, image: "milepost/hello:2" });
  expect(areUndone(runs)).toEqual([true, true]);
  expect(contents(server)).toEqual(before);
  expect(server.deployments).toHaveLength(2 + 2 * 2);
});

test("kill -9 of two removals at every call and step takes both stacks away and nothing else", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = contents(server);
  await make(server, names, "deploy-stack", values);
  const { runs, deaths } = await live("remove-stack");
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(contents(server)).toEqual(before);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 4);
});
