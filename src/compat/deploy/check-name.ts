import { AppError } from "#core/errors.ts";
import type { RunPlan } from "#core/plan.ts";
import type { WebDeps } from "#web/deps.ts";
import { deployValues, deployWorkflow } from "./values.ts";

export interface NameCheck {
  name: string;
  valid: boolean;
  /** Null: it could not be found out. */
  available: boolean | null;
  reason: string | null;
}

/** The step that makes the stack's project, or finds one that is there. */
const projectStep = "creating-project";

/**
 * Whether a stack may be called so, by the workflow's own rules, and whether nothing is called so yet: by the dry run, which only reads.
 * Throws AppError when something else stands in the way, a missing connection for example.
 */
export const checkName = async (
  { engine, store }: Pick<WebDeps, "engine" | "store">,
  name: string,
  personId: string,
): Promise<NameCheck> => {
  const values = await deployValues(engine, { name });
  const { start } = engine.workflow(deployWorkflow);
  let lock: string | null;
  try {
    lock = start.lock?.(await start.read(values)) ?? null;
  } catch (error) {
    if (!(error instanceof AppError) || error.field !== "name") throw error;
    return { name, valid: false, available: false, reason: error.message };
  }
  const holder = lock === null ? null : await store.lockHolder(lock);
  if (holder !== null) {
    const reason = `A run is working on the stack “${name}” just now: ${holder.id}.`;
    return { name, valid: true, available: false, reason };
  }
  return { name, valid: true, ...inPlan(await engine.plan(deployWorkflow, values, personId)) };
};

const inPlan = ({ steps }: RunPlan): Pick<NameCheck, "available" | "reason"> => {
  const project = steps.find(({ id }) => id === projectStep);
  if (project === undefined) return { available: null, reason: "This workflow makes no project." };
  if (project.unknown !== null) {
    const failed = steps.find(({ unknown }) => unknown !== null);
    return { available: null, reason: failed?.unknown ?? project.unknown };
  }
  return { available: project.skip === null, reason: project.skip };
};
