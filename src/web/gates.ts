import type { WebDeps } from "./deps.ts";
import type { Limits } from "./limits.ts";
import { createTurns, type Turns } from "./live/in-turns.ts";
import { createTries, type Tries } from "./tries.ts";
import { createTurnstile, type Turnstile } from "./turnstile.ts";

/** What counts how much somebody takes of this process. One of each for all origins, so that nobody takes the same again at another. */
export interface Gates {
  tries: Tries;
  turnstile: Turnstile;
  turns: Turns;
}

/** What answers at an origin. */
export interface Gated extends WebDeps {
  gates: Gates;
}

/** So many requests of one person go into the router before others get their turn. */
const perTurn = 8;

export const createGates = (deps: Pick<WebDeps, "clock" | "store" | "log"> & { limits: Limits }): Gates => ({
  tries: createTries(deps),
  turnstile: createTurnstile(deps),
  turns: createTurns(perTurn),
});
