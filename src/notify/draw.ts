import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Channel, Delivery, DeliveryPatch, HeldPatch } from "#core/notify.ts";
import type { RunPicture } from "#core/picture.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import { brokenMessage } from "./broken.ts";
import type { Channels } from "./channels.ts";
import { compose, type Drawing } from "./compose.ts";
import { isOpen, quietFor, verdictOn } from "./held.ts";
import type { Message } from "./message.ts";
import { saidBy } from "./spread.ts";
import type { Watching } from "./watching.ts";

export interface DrawDeps extends Drawing {
  engine: Pick<Engine<Actor>, "picture" | "workflow">;
  store: Pick<Store, "notify" | "run" | "history"> & { accounts: Pick<PeopleTable, "people"> };
  channels: Pick<Channels, "kind">;
  watching: Watching;
  clock: Clock;
  zone(): string;
  newId(): string;
  now(): number;
}

/**
 * A message, and what else holds of its delivery once it shows that (`after`); or what becomes of the delivery without one; or until when it is
 * held. Of a digest: what becomes of others that were held (`held`), and which of them it tells (`told`).
 */
export type Drawn =
  | { message: Message; after: DeliveryPatch; held?: readonly HeldPatch[]; told?: readonly string[] }
  | { patch: DeliveryPatch; held?: readonly HeldPatch[] }
  | { quietUntil: number };

/** The message of a delivery as it is to be shown now. */
export const draw = async (deps: DrawDeps, delivery: Delivery, channel: Channel): Promise<Drawn> => {
  const dropped = (because: string): Drawn => ({
    patch: delivery.state === "sent" ? { nextAt: null } : { state: "dropped", nextAt: null, because },
  });
  if (delivery.kind === "broken") {
    const message = await brokenMessage(deps, delivery);
    if (message === null) return dropped("It reaches somebody again.");
    const quiet = quietFor(delivery.kind, await saidBy(deps, delivery.personId), deps.now());
    return quiet === null ? { message, after: {} } : { quietUntil: quiet };
  }
  const { runId } = delivery;
  const at = runId === null ? null : await deps.store.run(runId);
  if (runId === null || at === null) return dropped("The run is there no more.");
  const [picture, said, others] = await Promise.all([
    deps.engine.picture(runId),
    saidBy(deps, delivery.personId),
    deps.store.notify.deliveriesOf(runId),
  ]);
  const now = deps.now();
  if (delivery.state === "waiting") {
    const verdict = verdictOn({
      delivery,
      at,
      wants: channel.wants,
      said,
      isWatched: deps.watching.isWatched(delivery.personId, runId),
      expectedMs: expectedMs(picture, now),
      now,
    });
    if (verdict !== "send" && "drop" in verdict) return dropped(verdict.drop);
    if (verdict !== "send") return { patch: { nextAt: verdict.until, because: verdict.because } };
    const quiet = quietFor(delivery.kind, said, now) ?? untilDigest(delivery, others, now);
    if (quiet !== null) return { quietUntil: quiet };
    const nextAt = justTold(delivery, others, now);
    if (nextAt !== null) return { patch: { nextAt } };
  }
  const message = compose(
    {
      delivery,
      picture,
      isOpen: isOpen(delivery, at),
      personOnly: isPersonOnly(deps, at, delivery.stepId),
      undoneBecause: await undoneBecause(deps, at),
      isFirst: !others.some(
        ({ id, channelId, sentAt }) => channelId === channel.id && sentAt !== null && id !== delivery.id,
      ),
      zone: said.zone,
      now,
    },
    deps,
  );
  // What tells the end of it is the last word of a message; what is decided is decided.
  const isLast = isOver(at.run.state) && at.run.state !== "failed";
  return { message, after: isLast ? { remote: null } : {} };
};

/** How far back it is looked for who began to undo a run. */
const mostHistory = 200;

/** Why a run was undone, as its history says: "Ann asked for it"; null where it was not. */
export const undoneBecause = async (
  { store }: Pick<DrawDeps, "store">,
  { run }: RunWithSteps,
): Promise<string | null> => {
  if (run.state !== "undone") return null;
  const events = await store.history(run.id, mostHistory);
  const began = events.findLast((event) => event.type === "run.state" && event.to === "undoing");
  return began?.type === "run.state" ? (began.because ?? null) : null;
};

const justToldMs = 30 * 60_000;

const sameQuestion = (delivery: Delivery, others: readonly Delivery[]): Delivery[] =>
  delivery.kind !== "needs-you"
    ? []
    : others.filter(
        ({ id, kind, channelId, stepId, asked }) =>
          id !== delivery.id &&
          kind === "needs-you" &&
          channelId === delivery.channelId &&
          stepId === delivery.stepId &&
          asked === delivery.asked,
      );

/** A question that a digest is about to tell is told by that; null: it is not. */
const untilDigest = (delivery: Delivery, others: readonly Delivery[], now: number): number | null =>
  sameQuestion(delivery, others).some(({ state }) => state === "held") ? now : null;

/** When a question that was told just now is told again; null: it was not. */
const justTold = (delivery: Delivery, others: readonly Delivery[], now: number): number | null => {
  const last = Math.max(0, ...sameQuestion(delivery, others).map(({ sentAt }) => sentAt ?? 0));
  return now - last < justToldMs ? last + justToldMs : null;
};

/** How long it takes in all, as far as that is known. */
export const expectedMs = ({ createdAt, timeLeft }: RunPicture, now: number): number | null =>
  timeLeft === null ? null : now - createdAt + timeLeft.p50Ms;

const isPersonOnly = (
  { engine }: Pick<DrawDeps, "engine">,
  { run }: RunWithSteps,
  stepId: string | null,
): boolean => {
  try {
    const step = engine.workflow(run.workflowId).steps.find(({ id }) => id === stepId);
    return step?.kind === "ask" && step.personOnly === true;
  } catch (thrown) {
    // Its workflow is there no more: nobody can say that it may be answered from afar.
    if (thrown instanceof AppError) return true;
    throw thrown;
  }
};
