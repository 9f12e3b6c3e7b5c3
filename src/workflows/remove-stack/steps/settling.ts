import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { lookThroughOutages } from "#stacks/outages.ts";
import { stillDeploys } from "#stacks/settle.ts";
import type { RemovalInput } from "#workflows/remove-stack/input.ts";
import type { FoundStack } from "./looking.ts";

interface Settled {
  deploys: false;
}
type Context = WaitContext<RemovalInput, { looking: FoundStack }>;

/**
 * Drops what waits in Dokploy's queue and lets a deployment that runs come to its end: Dokploy cannot stop it, and one that ends after its
 * application was removed leaves a service that belongs to nothing.
 */
export const settleStack = (
  deps: StackDeps,
): WaitOptions<RemovalInput, { looking: FoundStack }, Settled> => ({
  look: lookThroughOutages(deps, async ({ input, results, signal }: Context): Promise<Look<Settled>> => {
    const { looking } = results;
    const dokploy = await deps.connect(input.connectionId);
    await dokploy.dropQueued(looking, signal);
    if (!(await stillDeploys(dokploy, looking, signal))) return { done: { deploys: false } };
    return { waiting: "Its deployment still runs and cannot be stopped; waiting for its end." };
  }),
  setsGoing: true,
  everyMs: deps.lookEveryMs,
  maxEveryMs: 10_000,
  timeoutMs: deps.settleMs + deps.outageMs,
  whilePaused: "A deployment that runs goes on in Dokploy.",
  detail: () => "Nothing of it is being deployed",
  weightMs: 500,
});
