import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import type { RunVerb } from "#core/rules.ts";
import type { Engine } from "#engine/engine.ts";

/** Gives a verb to the engine; `to` is the step that a rewind goes back to, `code` the version that a retry goes on with. */
export const doVerb = (
  engine: Engine<Actor>,
  verb: RunVerb,
  runId: string,
  by: Actor,
  { to, code }: { to?: string | undefined; code?: string | undefined },
): Promise<void> => {
  if (verb === "retry") return engine.retry(runId, by, { code });
  if (verb !== "rewind") return engine[verb](runId, by);
  if (to === undefined || to === "") {
    throw new AppError("bad-input", "Say which step to go back to.", { field: "to" });
  }
  return engine.rewind(runId, to, by);
};
