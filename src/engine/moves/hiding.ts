import type { RunWithSteps } from "#core/run.ts";
import type { Move } from "./move.ts";

/** The same move, and from it on these texts are told to nobody. */
export const hiding = ({ run: { privates } }: RunWithSteps, texts: readonly string[], move: Move): Move =>
  texts.length === 0
    ? move
    : { ...move, run: { ...move.run, privates: [...new Set([...(privates ?? []), ...texts])] } };
