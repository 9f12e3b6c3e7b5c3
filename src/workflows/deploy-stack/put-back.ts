import type { ApplicationDetails, Dokploy } from "#connectors/dokploy/dokploy.ts";
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
} from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { markOf, undoMarkOf } from "#stacks/part-names.ts";
import { settle } from "#stacks/settle.ts";
import { type Former, openFormer } from "./former.ts";
import type { StackInput } from "./input.ts";
import type { UsedApplication } from "./steps/creating-application.ts";
import type { UsedProject } from "./steps/creating-project.ts";

type Earlier = { "creating-project": UsedProject; "creating-application": UsedApplication };
type Context = UndoContext<StackInput, Earlier, unknown>;

/** What is remembered once the deployment of what was there before is ordered. */
interface Memo {
  former: Watching & { over: readonly string[] };
}

/**
 * Sets an application to what it was before this run, image and variables, and deploys that when this run had deployed something else.
 * One that this run made is removed as a whole by the next undo.
 */
export const putBack = async (deps: StackDeps, ctx: Context): Promise<UndoWaits | null> => {
  const { results, runId, signal, log } = ctx;
  const used = results["creating-application"];
  if (used.former === null || used.former === undefined) return null;
  const dokploy = await deps.connect(results["creating-project"].connectionId);
  const former = openFormer(deps.secrets, runId, used.former);
  const now = await look(dokploy, used.applicationId, signal);
  if (now === null) {
    log(`The application “${used.name}” is gone, so there is nothing to put back.`);
    return null;
  }
  if (isOrdered(ctx.memo)) return watchFormer(dokploy, ctx.memo, deps, ctx);
  const waits = await settle(dokploy, used, deps, ctx);
  if (waits !== null) return waits;
  await assertNotChangedSince(dokploy, now, former, ctx);
  await dokploy.change(used.applicationId, former.columns, signal);
  log(
    `Put back ${former.columns.dockerImage ?? "that it has no image"}, and variables and settings as they were.`,
  );
  await removeVolumes(dokploy, now, former, ctx);
  // Where the run goes on, it deploys anew by itself.
  return ctx.goingBack ? null : deployFormer(dokploy, former, ctx);
};

const isOrdered = (memo: unknown): memo is Memo =>
  typeof memo === "object" && memo !== null && "former" in memo;

const look = async (
  dokploy: Dokploy,
  applicationId: string,
  signal: AbortSignal,
): Promise<ApplicationDetails | null> => {
  try {
    return await dokploy.application(applicationId, signal);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "not-found") return null;
    throw thrown;
  }
};

/** What others have set or deployed since this run is not overwritten. */
const assertNotChangedSince = async (
  dokploy: Dokploy,
  { applicationId, columns: { dockerImage }, name }: ApplicationDetails,
  former: Former,
  { input, runId, signal }: Context,
): Promise<void> => {
  const rows = await dokploy.deployments(applicationId, signal);
  const [newest] = rows;
  const ours = rows.some(({ title }) => title.includes(markOf(runId)));
  const byUs = newest === undefined || newest.title.includes(runId);
  const imageIsOurs = dockerImage === input.image || dockerImage === former.columns.dockerImage;
  if (imageIsOurs && (byUs || !ours)) return;
  throw new AppError(
    "conflict",
    `The application “${name}” was changed or deployed by somebody else since (it is set to ${dockerImage ?? "no image"}). It stays as it is.`,
  );
};

/** Only the mounts: a volume may hold work of somebody, so it stays, and the log names it. */
const removeVolumes = async (
  dokploy: Dokploy,
  { mounts }: ApplicationDetails,
  { mountIds }: Former,
  { input: { volumes = [] }, signal, log }: Context,
): Promise<void> => {
  for (const { mountId, volumeName, mountPath } of mounts) {
    const wanted = volumes.some(({ name, path }) => name === volumeName && path === mountPath);
    if (!wanted || mountIds.includes(mountId)) continue;
    await dokploy.removeMount(mountId, signal);
    log(
      `Took ${mountPath} out of the application. Its volume stays with what it holds; on the server “docker volume rm ${volumeName}” removes it.`,
    );
  }
};

const deployFormer = async (dokploy: Dokploy, former: Former, ctx: Context): Promise<UndoWaits | null> => {
  const { appName, serverId, applicationId } = ctx.results["creating-application"];
  const rows = await dokploy.deployments(applicationId, ctx.signal);
  const deployed = rows.some(({ title }) => title.includes(markOf(ctx.runId)));
  if (!deployed || !former.ran) return null;
  const over = rows.filter(hasFailed).map(({ deploymentId }) => deploymentId);
  const watched = watchedBy(dokploy, over, ctx);
  if (!(await isUnderWay(watched, ctx.signal))) {
    await order(watched, { appName, serverId }, ctx.signal);
    ctx.log("Ordered the deployment of what was there before.");
  }
  const memo: Memo = { former: { over, ...notSeenYet } };
  return { waiting: "the deployment of what was there before", memo, nextInMs: 0 };
};

const watchedBy = (dokploy: Dokploy, over: readonly string[], { results, runId }: Context): Watched => ({
  dokploy,
  applicationId: results["creating-application"].applicationId,
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
    `Image and variables are as before, but deploying them again failed: ${why} Undo again, or deploy “${ctx.results["creating-application"].name}” in Dokploy.`,
    { canPass: false },
  );
};
