import { expect, test } from "vitest";
import { areUndone, counts, deadlyServer, errorsOf, make } from "./deadly-server.ts";
import { contents } from "./deploy-stack-world.ts";

/** Dozens of starts of a server. */
const timeout = 60_000;

/** A file that somebody has to agree to. */
const composeFile = "services:\n  web:\n    image: milepost/hello:1\n    privileged: true\n";
const values = { composeFile, env: "A=1" };
const changed = { ...values, composeFile: composeFile.replace("hello:1", "hello:2"), env: "B=2" };

test("kill -9 of two deployments of a file, at every call and step of both, leaves two stacks, each with one of everything", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  const before = counts(server);
  const { runs, deaths } = await live("deploy-compose", { ...values, environment: "staging" });
  expect(errorsOf(runs)).toEqual([null, null]);
  expect(counts(server).map((count, index) => count - (before[index] ?? 0))).toEqual([2, 2, 2, 0, 2, 2, 2]);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 8);
});

test("kill -9 of a new file and of an updated one that are not healthy, at every call and step, removes the one and puts the other back", {
  timeout,
}, async () => {
  const { server, live } = await deadlyServer();
  await make(server, ["alpha"], "deploy-compose", values);
  const before = contents(server);
  server.behaviour.page = 503;
  const { runs, deaths } = await live("deploy-compose", changed);
  expect(areUndone(runs)).toEqual([true, true]);
  expect(contents(server)).toEqual(before);
  expect(server.deployments).toHaveLength(1 + 1 + 2);
  expect(deaths).toBeGreaterThanOrEqual(2 * 2 * 7 + 2 * 3);
});
