import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { isKept, type Kept, type KeptAnswers, type KeptWhat, longestKeptName } from "#core/kept.ts";
import type { WebDeps } from "./deps.ts";

export type KeptDeps = Pick<WebDeps, "engine" | "store" | "clock" | "newId">;

const words = {
  answers: "answers",
  list: "a filtered list",
  workflow: "a workflow before the others",
} as const satisfies Record<KeptWhat["kind"], string>;

/** Throws AppError("not-found"), also where they are of another workflow than this one. */
export const keptAnswers = async (
  { store }: Pick<KeptDeps, "store">,
  id: string,
  workflowId?: string,
): Promise<KeptAnswers> => {
  const kept = await store.kept.get(id);
  const isOfIt = workflowId === undefined || kept?.of === workflowId;
  if (kept !== null && isOfIt && isKept(kept, "answers")) return kept;
  throw new AppError("not-found", "These answers are no longer kept. Start the workflow on its own page.");
};

/** Keeps something under a name. Throws AppError("bad-input", …, { field: "name" }). */
export const keep = async (
  { store, clock, newId }: Omit<KeptDeps, "engine">,
  who: Pick<Identity, "by" | "name">,
  of: string,
  given: string,
  what: KeptWhat,
): Promise<Kept> => {
  const name = given.trim();
  const refused =
    name === ""
      ? "Say under which name to keep it."
      : name.length > longestKeptName
        ? `Give a name of at most ${longestKeptName} characters.`
        : null;
  if (refused !== null) throw new AppError("bad-input", refused, { field: "name" });
  const kept = { id: newId(), of, name, what, keptAt: clock.now(), keptBy: who.name };
  await store.kept.put(kept);
  await store.accounts.audit({ at: kept.keptAt, by: who.by, did: `keeps ${words[what.kind]}`, target: name });
  return kept;
};

/** Keeps the input and answers of a run. */
export const keepAnswers = async (
  deps: KeptDeps,
  who: Pick<Identity, "by" | "name">,
  runId: string,
  name: string,
): Promise<Kept> => {
  const { workflowId } = await deps.engine.picture(runId);
  const beginning = await deps.engine.beginning(runId);
  return keep(deps, who, workflowId, name, { kind: "answers", beginning });
};

/** Forgets it; null when nobody kept it any more. */
export const forget = async (
  { store, clock }: Pick<KeptDeps, "store" | "clock">,
  { by }: Pick<Identity, "by">,
  id: string,
): Promise<Kept | null> => {
  const kept = await store.kept.get(id);
  if (kept === null) return null;
  await store.kept.remove(kept.id);
  const did = `no longer keeps ${words[kept.what.kind]}`;
  await store.accounts.audit({ at: clock.now(), by, did, target: kept.name });
  return kept;
};
