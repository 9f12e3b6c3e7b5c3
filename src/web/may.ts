import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { Identity } from "#core/accounts.ts";
import { AppError, noRun, noTrigger, noWorkflow } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import type { Kept } from "#core/kept.ts";
import { appMaker, type Need, needs } from "#core/needs.ts";
import {
  type Action,
  can,
  type Doer,
  everything,
  hiddenFrom,
  isHidden,
  type Of,
  type OfWorkflow,
} from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Trigger } from "#core/trigger.ts";
import { appAskedFor, asVisitor } from "./app-scope.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

const looks = new Set(["GET", "HEAD"]);
const adminOnly: Need = { idIn: () => null, see: "admin", change: "admin", of: null };

const words: Record<Action, string> = {
  read: "look at this",
  run: "start, control or change this",
  control: "start, control or change this",
  undo: "undo or change this",
  own: "see or change this, which is for those who may do everything",
  use: "let runs work with this",
  answer: "answer this",
  admin: "see or change this, which is for those who may do everything",
};

/**
 * Lets somebody do what they may, by what they are here, by what is said of the object and by what their token is for, and nothing else. Throws
 * AppError("forbidden") with a sentence that says what they may not. What they may not see is for them what is not there: AppError("not-found").
 */
export const assertMay = async (
  c: Context<WebEnv>,
  identity: Identity,
  store: Pick<WebDeps["store"], "run" | "exports" | "kept" | "triggers">,
): Promise<void> => {
  if (identity.scope.only === "agents" && !routes.mcp.matches(c.req.path))
    throw new AppError("forbidden", "This token is for the tools of agents, at /mcp, and for nothing else.");
  // An address of a room may stand below several patterns: all of them have to allow it.
  for (const { path } of matchedRoutes(c)) {
    if (path === "/*") continue;
    const need = needs.get(path) ?? adminOnly;
    const right = (looks.has(c.req.method) ? need.see : need.change) ?? "admin";
    const asked = await objectOf(c, need, store);
    // What never was is told in the same words, at the same place: otherwise it could be told from what is hidden.
    const isNot = isHiddenFrom(identity, asked) || isMissing(need, asked);
    const of = isNot || need.of === "app" ? null : asked;
    const who = need.of === "app" ? asVisitor(identity, appAskedFor(c)) : identity;
    if (can(who, right, of)) {
      if (isNot) throw notThere(need, asked);
      continue;
    }
    const { scope } = identity;
    const isLimited =
      scope.workflows !== null && can({ ...identity, scope: { ...scope, workflows: null } }, right, null);
    if (!can({ ...identity, scope: everything }, right, of)) throw refusedFor(identity, right);
    throw new AppError(
      "forbidden",
      isLimited
        ? `“${identity.name}” is for these workflows with their runs, or apps, only: ${scope.workflows?.join(", ")}.`
        : `“${identity.name}” may not ${words[right]}.`,
    );
  }
};

const isHiddenFrom = (who: Doer, of: Of): boolean =>
  of !== null && of !== "open" && "workflowId" in of && isHidden(hiddenFrom(who), of.workflowId);

const isMissing = ({ of: kind }: Need, of: Of): boolean =>
  of === null && (kind === "run" || kind === "export");

/** Said as of what never was. */
const notThere = ({ of: kind }: Need, of: Of): AppError => {
  const workflowId = of !== null && of !== "open" && "workflowId" in of ? of.workflowId : "";
  if (kind === "workflow" || typeof kind === "object") return noWorkflow(workflowId);
  return new AppError("not-found", typeof kind === "string" ? missing[kind] : "There is no such page.");
};

const missing = {
  run: noRun,
  export: "There is no such export.",
  kept: "These answers are no longer kept. Start the workflow on its own page.",
  trigger: noTrigger,
  app: "There is no such app.",
  connection: "There is no such connection; it may have been removed.",
  workflow: "There is no such workflow.",
  open: "There is no such page.",
} as const;

const refusedFor = ({ person: { role } }: Doer, action: Action): AppError =>
  new AppError("forbidden", `You are ${roleWords[role]} here and may not ${words[action]}.`);

const roleWords = { viewer: "a viewer", operator: "an operator", admin: "an admin" } as const;
/** The same for one run among several that somebody names at once. */
export const assertMayControl = async (
  identity: Identity,
  runId: string,
  store: Pick<WebDeps["store"], "run">,
): Promise<void> => {
  const of = ofRun(await store.run(runId));
  if (isHiddenFrom(identity, of)) throw new AppError("not-found", noRun);
  if (!can(identity, "control", of)) throw refusedFor(identity, "control");
};

/** The same for one export among several. Gives it. */
export const assertMayDelete = async (
  identity: Identity,
  exportId: string,
  store: Pick<WebDeps["store"], "run" | "exports">,
): Promise<Export> => {
  const row = await store.exports.get(exportId);
  const of = row === null ? null : ofExport(row, await store.run(row.ownerRunId));
  if (row === null || isHiddenFrom(identity, of)) throw new AppError("not-found", missing.export);
  if (!can(identity, "control", of)) throw refusedFor(identity, "control");
  return row;
};

/** That somebody may look at a run that they name. Throws AppError("forbidden"). */
export const assertMayRead = (identity: Identity, of: OfWorkflow): void => {
  if (!can(identity, "read", { workflowId: of.workflowId, starter: of.starter ?? "" }))
    throw refusedFor(identity, "read");
};

const ofRun = (run: RunWithSteps | null): Of =>
  run === null
    ? null
    : {
        workflowId: run.run.workflowId,
        starter: run.run.starter,
        asks: run.steps.find(({ state }) => state === "asking")?.form?.answerers,
      };

/** It is of its workflow also when its run is gone. */
const ofExport = ({ workflowId }: Export, run: RunWithSteps | null): Of =>
  run === null ? { workflowId } : { workflowId: run.run.workflowId, starter: run.run.starter };

/** Whether something that is kept is of use to them: answers are there to start a run with. */
export const mayUse = (who: Doer, kept: Kept): boolean =>
  kept.what.kind !== "answers" || can(who, "run", keptOf(kept));

const keptOf = (kept: Kept | null): Of =>
  kept === null || kept.what.kind === "list" ? null : { workflowId: kept.of };

// Who made it controls it, as who starts a run does.
const triggerOf = (trigger: Trigger | null): Of =>
  trigger === null ? null : { workflowId: trigger.workflowId, starter: trigger.makerId };

const objectOf = async (
  c: Context<WebEnv>,
  { of, idIn }: Need,
  store: Pick<WebDeps["store"], "run" | "exports" | "kept" | "triggers">,
): Promise<Of> => {
  if (of === "open" || of === null || typeof of === "object") return of;
  if (of === "app") return { workflowId: appMaker };
  const id = idIn(c.req.path);
  if (id === null) return null;
  switch (of) {
    case "workflow":
      return { workflowId: id };
    case "connection":
      return { connectionId: id };
    case "kept":
      return keptOf(await store.kept.get(id));
    case "trigger":
      return triggerOf(await store.triggers.get(id));
    case "run":
      return ofRun(await store.run(id));
    case "export": {
      const row = await store.exports.get(id);
      return row === null ? null : ofExport(row, await store.run(row.ownerRunId));
    }
    default:
      return of satisfies never;
  }
};
