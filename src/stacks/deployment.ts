import type { Container, Task } from "#connectors/dokploy/containers.ts";
import type { Deployable, Deployment, Dokploy, Placed, QueuedJob } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import { reasonOf } from "./reason.ts";
import { commandToRemove, detailsOf, wordOf } from "./service.ts";

/** A deployment that is neither queued nor listed so many looks after it was ordered will not come any more. */
const mostLooksUnseen = 15;

export interface Watched {
  dokploy: Dokploy;
  one: Deployable & { appName: string };
  /** What its title holds: Dokploy does not say which deployment it queued. */
  mark: string;
  /** Deployments that are not the one to watch. */
  over: ReadonlySet<string>;
}

/** What is remembered from look to look. */
export interface Watching {
  /** Looks in a row in which it was neither queued nor listed. */
  unseen: number;
  /** How many lines of its log were told. */
  lines: number;
}

export const notSeenYet: Watching = { unseen: 0, lines: 0 };

/** How a deployment is, or came to its end; `gone` when it left queue and list without a trace. */
export type Watch =
  | { what: string; watching: Watching }
  | { ended: Deployment; lines: readonly string[] }
  | { gone: true };

export const hasFailed = ({ status }: Deployment): boolean => status === "error" || status === "cancelled";

/** Orders a deployment. The containers that it replaces are told in its description, so that they are known as long as it is. */
export const order = async (
  { dokploy, one, mark }: Pick<Watched, "dokploy" | "one" | "mark">,
  placed: Placed,
  signal: AbortSignal,
): Promise<void> => {
  const before = await ("composeId" in one
    ? containersIfAllowed(dokploy, placed, signal)
    : tasksIfAllowed(dokploy, placed, signal));
  const description = before === null ? "" : `Replaces: ${before.map(({ id }) => id).join(" ")}`;
  await dokploy.deploy(one, { title: mark, description }, signal).catch(verdict);
};

/** What is ordered is not asked again and again as what is looked at: an odd answer to an order refuses it. */
const verdict = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || !thrown.isOdd) throw thrown;
  const { code, message, detail, wayOn } = thrown;
  throw new AppError(code, message, {
    cause: thrown,
    canPass: false,
    wayOn,
    ...(detail !== undefined && { detail }),
  });
};

/** The ids of the containers that a deployment replaces; null when they could not be seen when it was ordered. */
export const replacedBy = ({ description }: Deployment): string[] | null => {
  const told = /^Replaces: ?(.*)$/.exec(description)?.[1];
  return told === undefined ? null : told.split(" ").filter((id) => id !== "");
};

/** Null when the key's owner may not see containers, or when this Dokploy does not tell of them. */
export const tasksIfAllowed = (
  dokploy: Dokploy,
  placed: Placed,
  signal: AbortSignal,
): Promise<Task[] | null> => dokploy.tasks(placed, signal).catch(nullIfRefused);

/** The same of a compose service. */
export const containersIfAllowed = (
  dokploy: Dokploy,
  placed: Placed,
  signal: AbortSignal,
): Promise<Container[] | null> => dokploy.containers(placed, signal).catch(nullIfRefused);

export const nullIfRefused = (thrown: unknown): null => {
  if (isRefusal(thrown)) return null;
  throw thrown;
};

const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof AppError && (thrown.code === "remote-refused" || thrown.code === "not-found");

/** Whether it is queued or listed already. The queue is asked first: what leaves it in between is in the list by then. */
export const isUnderWay = async (watched: Watched, signal: AbortSignal): Promise<boolean> =>
  (await placeInQueue(watched, signal)) !== null ||
  ownOf(watched, await watched.dokploy.deployments(watched.one, signal)) !== undefined;

const ownOf = ({ over, mark }: Watched, rows: readonly Deployment[]): Deployment | undefined =>
  rows.find((row) => row.title.includes(mark) && !over.has(row.deploymentId));

/** How many are before ours in the queue; null when ours is not in it, or when this Dokploy is too old to show it. */
const placeInQueue = async ({ dokploy, one, mark }: Watched, signal: AbortSignal): Promise<number | null> => {
  const jobs = await dokploy.queue(signal).catch(noneIfUnknown);
  const own = jobs.find((job) => isFor(job, one) && job.title?.includes(mark));
  // Each server has a queue of its own.
  return own === undefined ? null : jobs.filter(({ serverId }) => serverId === own.serverId).indexOf(own);
};

/** Whether a job in the queue is a deployment of it. */
export const isFor = (job: QueuedJob, one: Deployable): boolean =>
  "composeId" in one ? job.composeId === one.composeId : job.applicationId === one.applicationId;

/** The queue is a help that versions before v0.28.3 do not have. */
export const noneIfUnknown = (thrown: unknown): never[] => {
  if (isRefusal(thrown)) return [];
  throw thrown;
};

/** Logs as well, since v0.29.6, and they can be too long for Dokploy to read: whatever is wrong with one, the deployment goes on. */
export const noneIfUnreadable = (thrown: unknown): never[] => {
  if (thrown instanceof AppError && thrown.code !== "cancelled") return [];
  throw thrown;
};

/** One look at a deployment that was ordered; the new lines of its log are told. */
export const lookAtDeployment = async (
  watched: Watched,
  { unseen, lines }: Watching,
  { signal, log }: Pick<DoContext<unknown, unknown>, "signal" | "log">,
): Promise<Watch> => {
  const { dokploy, one } = watched;
  const own = ownOf(watched, await dokploy.deployments(one, signal));
  if (own === undefined) {
    const before = await placeInQueue(watched, signal);
    if (before === null) await assertThere(watched, signal);
    const missed = before === null ? unseen + 1 : 0;
    if (missed > mostLooksUnseen) return { gone: true };
    const what = before === null ? "waiting for Dokploy to begin" : queuedSentence(before);
    return { what, watching: { unseen: missed, lines } };
  }
  // Its file is made a moment after the deployment's row.
  const told: readonly string[] = await dokploy
    .deploymentLog(own.deploymentId, signal)
    .catch(noneIfUnreadable);
  for (const line of told.slice(lines)) log(line);
  if (own.status === "done" || hasFailed(own)) return { ended: own, lines: told };
  return { what: "Dokploy deploys", watching: { unseen: 0, lines: Math.max(lines, told.length) } };
};

/** Whoever removes the service takes its list of deployments with it: without a look at itself it would be waited for in vain. */
const assertThere = async ({ dokploy, one }: Watched, signal: AbortSignal): Promise<void> => {
  await detailsOf(dokploy, one, signal).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
    throw new AppError(
      "conflict",
      `The ${wordOf(one)} was removed in Dokploy while it was being deployed. What Dokploy had begun by then may start all the same; on the server “${commandToRemove(one)}” removes it.`,
      { cause: thrown, canPass: false },
    );
  });
};

const queuedSentence = (before: number): string =>
  before === 0 ? "next in Dokploy's queue" : `in Dokploy's queue, ${before} before it`;

/** Why a deployment failed, in the words of its log. */
export const failure = ({ status, errorMessage }: Deployment, lines: readonly string[]): AppError =>
  new AppError(
    "remote-failed",
    status === "cancelled"
      ? "The deployment was cancelled in Dokploy."
      : `The deployment failed in Dokploy: “${errorMessage ?? reasonOf(lines) ?? "it gives no reason"}”`,
    { canPass: false, detail: lines.slice(-30).join("\n") },
  );

export const lost = (): AppError =>
  new AppError(
    "remote-odd",
    "Dokploy accepted the deployment, but it is neither in its queue nor in its list. Look into Dokploy, then try again.",
    { canPass: false },
  );
