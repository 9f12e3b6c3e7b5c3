import type { Columns, Dokploy, Mount } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { UndoWaits } from "#core/workflow.ts";
import {
  failure,
  hasFailed,
  isUnderWay,
  lookAtDeployment,
  notSeenYet,
  order,
  type Watched,
  type Watching,
} from "./deployment.ts";
import type { StackDeps } from "./deps.ts";
import { type Former, openFormer } from "./former.ts";
import type { StackBase } from "./input.ts";
import { markOf, undoMarkOf } from "./part-names.ts";
import { detailsOf, type UsedService, wordOf } from "./service.ts";
import { settle } from "./settle.ts";
import type { UsedProject } from "./steps/creating-project.ts";

type Earlier = { "creating-project": UsedProject; "creating-application": UsedService };
type Context = UndoContext<StackBase, Earlier, unknown>;

/** What is remembered once the deployment of what was there before is ordered. */
interface Memo {
  former: Watching & { over: readonly string[] };
}

/** What of it depends on what kind of stack it is. */
interface Own {
  /** Whether an image or file is the one that this run set. */
  isOurs(columns: Partial<Columns>): boolean;
  /** What it is set to, as a sentence calls it: "an image", "the former file". */
  told(columns: Partial<Columns>): string;
  /** Mounts that this run may have added. */
  mounts(all: readonly Mount[]): readonly Mount[];
}

/**
 * Sets an application or a compose service to what it was before this run, image or file and variables, and deploys that when this run had
 * deployed something else. One that this run made is removed as a whole by the next undo.
 */
export const putBack = async (deps: StackDeps, ctx: Context, own: Own): Promise<UndoWaits | null> => {
  const { results, runId, signal, log } = ctx;
  const used = results["creating-application"];
  if (used.former === null || used.former === undefined) return null;
  const dokploy = await deps.connect(results["creating-project"].connectionId);
  const former = openFormer(deps.secrets, runId, used.former);
  const now = await look(dokploy, used, signal);
  if (now === null) {
    log(`The ${wordOf(used)} “${used.name}” is gone, so there is nothing to put back.`);
    return null;
  }
  if (isOrdered(ctx.memo)) return watchFormer(dokploy, ctx.memo, deps, ctx);
  const waits = await settle(dokploy, used, deps, ctx);
  if (waits !== null) return waits;
  await assertNotChangedSince(dokploy, now, former, ctx, own);
  const before = settable(former.columns, used);
  if (isEqual(before, now.columns)) log("Nothing of it was changed.");
  else {
    await dokploy.change(used, before, signal);
    log(`Put back ${own.told(former.columns)}, and variables and settings as they were.`);
  }
  await removeVolumes(dokploy, own.mounts(now.mounts), former, ctx);
  // Where the run goes on, it deploys anew by itself.
  return ctx.goingBack ? null : deployFormer(dokploy, former, ctx);
};

const isOrdered = (memo: unknown): memo is Memo =>
  typeof memo === "object" && memo !== null && "former" in memo;

/** Columns of the other kind are none of it. */
const settable = ({ composeFile, ...columns }: Partial<Columns>, used: UsedService): Partial<Columns> =>
  "composeId" in used
    ? { sourceType: columns.sourceType ?? null, composeFile: composeFile ?? "", env: columns.env ?? "" }
    : columns;

const isEqual = (some: Partial<Columns>, all: Columns): boolean =>
  Object.entries(some).every(([column, value]) => all[column as keyof Columns] === value);

type Details = Awaited<ReturnType<typeof detailsOf>>;

const look = async (dokploy: Dokploy, used: UsedService, signal: AbortSignal): Promise<Details | null> => {
  try {
    return await detailsOf(dokploy, used, signal);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not-found") return null;
    throw thrown;
  }
};

/** What others have set or deployed since this run is not overwritten. */
const assertNotChangedSince = async (
  dokploy: Dokploy,
  now: Details,
  former: Former,
  { results, runId, signal }: Context,
  own: Own,
): Promise<void> => {
  const rows = await dokploy.deployments(now, signal);
  const [newest] = rows;
  const ours = rows.some(({ title }) => title.includes(markOf(runId)));
  const byUs = newest === undefined || newest.title.includes(runId);
  const { columns } = now;
  const asFormer =
    columns.dockerImage === (former.columns.dockerImage ?? null) &&
    columns.composeFile === (former.columns.composeFile ?? null);
  if ((own.isOurs(columns) || asFormer) && (byUs || !ours)) return;
  throw new AppError(
    "conflict",
    `The ${wordOf(results["creating-application"])} “${now.name}” was changed or deployed by somebody else since (it is set to ${own.told(columns)}). It stays as it is.`,
  );
};

/** Only the mounts: a volume may hold work of somebody, so it stays, and the log names it. */
const removeVolumes = async (
  dokploy: Dokploy,
  mounts: readonly Mount[],
  { mountIds }: Former,
  { signal, log }: Context,
): Promise<void> => {
  for (const { mountId, volumeName, mountPath } of mounts) {
    if (mountIds.includes(mountId)) continue;
    await dokploy.removeMount(mountId, signal);
    log(
      `Took ${mountPath} out of the application. Its volume stays with what it holds; on the server “docker volume rm ${volumeName}” removes it.`,
    );
  }
};

const deployFormer = async (dokploy: Dokploy, former: Former, ctx: Context): Promise<UndoWaits | null> => {
  const used = ctx.results["creating-application"];
  const rows = await dokploy.deployments(used, ctx.signal);
  const deployed = rows.some(({ title }) => title.includes(markOf(ctx.runId)));
  if (!deployed || !former.ran) return null;
  const over = rows.filter(hasFailed).map(({ deploymentId }) => deploymentId);
  const watched = watchedBy(dokploy, over, ctx);
  if (!(await isUnderWay(watched, ctx.signal))) {
    await order(watched, used, ctx.signal);
    ctx.log("Ordered the deployment of what was there before.");
  }
  const memo: Memo = { former: { over, ...notSeenYet } };
  return { waiting: "the deployment of what was there before", memo, nextInMs: 0 };
};

const watchedBy = (dokploy: Dokploy, over: readonly string[], { results, runId }: Context): Watched => ({
  dokploy,
  one: results["creating-application"],
  mark: undoMarkOf(runId),
  over: new Set(over),
});

const watchFormer = async (
  dokploy: Dokploy,
  { former }: Memo,
  { lookEveryMs }: StackDeps,
  ctx: Context,
): Promise<UndoWaits | null> => {
  const seen = await lookAtDeployment(watchedBy(dokploy, former.over, ctx), former, ctx);
  if ("what" in seen) {
    const memo: Memo = { former: { ...former, ...seen.watching } };
    return { waiting: seen.what, memo, nextInMs: lookEveryMs };
  }
  if ("ended" in seen && seen.ended.status === "done") return null;
  const why =
    "gone" in seen ? "it left Dokploy's queue without a trace." : failure(seen.ended, seen.lines).message;
  throw new AppError(
    "remote-failed",
    `All is set as before, but deploying them again failed: ${why} Undo again, or deploy “${ctx.results["creating-application"].name}” in Dokploy.`,
    { canPass: false },
  );
};
