import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { WaitContext } from "#core/step-context.ts";

/** Where a job is on its machine, and by what its processes are known. */
export interface Place {
  /** "": in the home of whoever signs in. */
  base: string;
  step: string;
  /** Of this try only: a later one is another job. */
  try: string;
  nonce: string;
}

/** `again`: so often it was begun once more. */
export const placeOf = (
  ctx: Pick<WaitContext<unknown, unknown>, "runId" | "stepId" | "attempt" | "waitingSince"> & {
    kept?: unknown;
  },
  base: string,
  again = 0,
): Place => {
  const step = `${ctx.runId}.${ctx.stepId}`;
  if (!/^[\w-]+\.[\w-]+$/.test(step)) throw new AppError("bad-input", "This cannot be the name of a job.");
  const nonce = createHash("sha256").update(step).digest("hex").slice(0, 24);
  const kept = ctx.kept as { try: string } | undefined;
  const own = kept?.try ?? `${ctx.attempt}-${ctx.waitingSince}`;
  return { base, step, try: again === 0 ? own : `${own}-${again}`, nonce };
};
