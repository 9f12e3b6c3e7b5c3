import type { RunWithSteps } from "#core/run.ts";
import type { DokployServer } from "../connectors/dokploy/dokploy-server.ts";
import { openWorld } from "../engine/world.ts";
import { addOthers, ownServer, stackWorkflows } from "./deploy-stack-world.ts";
import { liveThroughDeaths } from "./through-deaths.ts";

export const names = ["alpha", "beta"];
const quick = { healthEvery: "0.02", healthTimeout: "0.04" };
const wishesFor = (names: readonly string[], workflow: string, more: Record<string, string>) =>
  names.map((name): [string, Record<string, string>] => [
    workflow,
    { name, ...(workflow.startsWith("deploy") ? quick : {}), ...more },
  ]);

/** A server on which somebody else has a stack too, and where two runs at once live through deaths. */
export const deadlyServer = async () => {
  const server = await ownServer();
  await addOthers(server);
  // What was put back is sealed by one key, whatever process opens it.
  const secrets = { seal: (text: string) => text, open: (text: string) => text };
  const live = (workflow: string, more: Record<string, string> = {}, undo = false) =>
    liveThroughDeaths({
      workflows: (through) => stackWorkflows(server, through, { secrets, outageMs: 60_000 }),
      wishes: wishesFor(names, workflow, more),
      undo,
    });
  return { server, live };
};

/** Stacks that are there, made without a death. */
export const make = async (
  server: DokployServer,
  names: readonly string[],
  workflow: string,
  more: Record<string, string>,
) => {
  const world = await openWorld(stackWorkflows(server));
  for (const [, values] of wishesFor(names, workflow, more)) {
    const id = await world.start(values, workflow);
    if ((await world.until(id, "asking", "completed", "failed")).run.state === "asking")
      await world.engine.answer(id, "approving", {}, "Ada", { press: "approve" });
    const { run } = await world.until(id, "completed", "failed");
    if (run.error !== null) throw new Error(run.error.message);
  }
  await world.close();
};

/** How much there is of all that a deployment makes. */
export const counts = (server: DokployServer) => {
  const { projects, environments, applications, composes, domains, services, deployments } = server;
  const mounts = applications.flatMap((one) => one.mounts);
  const made = [...applications, ...composes];
  return [projects, environments, made, mounts, domains, [...services], deployments].map(
    ({ length }) => length,
  );
};

export const errorsOf = (runs: readonly RunWithSteps[]) =>
  runs.map(({ run: { error } }) => error?.message ?? null);
export const areUndone = (runs: readonly RunWithSteps[]) =>
  runs.map(({ run: { undoneAt } }) => undoneAt !== null);
