import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { Kept } from "#core/kept.ts";
import { type Need, needs } from "#core/needs.ts";
import { type Action, can, type Doer, everything, type Of } from "#core/rights.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

const looks = new Set(["GET", "HEAD"]);
const adminOnly: Need = { idIn: () => null, see: "admin", change: "admin", of: null };

const words: Record<Action, string> = {
  read: "look at this",
  run: "start, control or change this",
  control: "start, control or change this",
  undo: "undo or change this",
  own: "see or change this, which is for those who may do everything",
  answer: "answer this",
  admin: "see or change this, which is for those who may do everything",
};

/**
 * Lets somebody do what they may, by what they are here and by what their token is for, and nothing else. Throws AppError("forbidden") with a
 * sentence that says what they may not.
 */
export const assertMay = async (
  c: Context<WebEnv>,
  identity: Identity,
  store: Pick<WebDeps["store"], "run" | "exports" | "kept">,
): Promise<void> => {
  // An address of a room may stand below several patterns: all of them have to allow it.
  for (const { path } of matchedRoutes(c)) {
    if (path === "/*") continue;
    const need = needs.get(path) ?? adminOnly;
    const right = (looks.has(c.req.method) ? need.see : need.change) ?? "admin";
    const of = await objectOf(c, need, store);
    if (can(identity, right, of)) continue;
    const { scope, person } = identity;
    const isLimited =
      scope.workflows !== null && can({ scope: { ...scope, workflows: null }, person }, right, null);
    if (!can({ scope: everything, person }, right, of)) throw refusedFor(identity, right);
    throw new AppError(
      "forbidden",
      isLimited
        ? `“${identity.name}” is for these workflows and their runs only: ${scope.workflows?.join(", ")}.`
        : `“${identity.name}” may not ${words[right]}.`,
    );
  }
};

const refusedFor = ({ person: { role } }: Doer, action: Action): AppError =>
  new AppError("forbidden", `You are ${roleWords[role]} here and may not ${words[action]}.`);

const roleWords = { viewer: "a viewer", operator: "an operator", admin: "an admin" } as const;
/** The same for one run among several that somebody names at once. */
export const assertMayControl = async (
  identity: Identity,
  runId: string,
  store: Pick<WebDeps["store"], "run">,
): Promise<void> => {
  if (!can(identity, "control", ofRun(await store.run(runId)))) throw refusedFor(identity, "control");
};

const ofRun = (run: RunWithSteps | null): Of =>
  run === null ? null : { workflowId: run.run.workflowId, starter: run.run.starter };

const keptOf = (kept: Kept | null): Of =>
  kept === null || kept.what.kind === "list" ? null : { workflowId: kept.of };

const objectOf = async (
  c: Context<WebEnv>,
  { of, idIn }: Need,
  store: Pick<WebDeps["store"], "run" | "exports" | "kept">,
): Promise<Of> => {
  if (of === "open" || of === null || typeof of === "object") return of;
  const id = idIn(c.req.path);
  if (id === null) return null;
  if (of === "workflow") return { workflowId: id };
  if (of === "kept") return keptOf(await store.kept.get(id));
  const runId = of === "run" ? id : (await store.exports.get(id))?.ownerRunId;
  const run = typeof runId === "string" ? await store.run(runId) : null;
  return ofRun(run);
};
