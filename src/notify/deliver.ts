import { createHash } from "node:crypto";
import type { PeopleTable } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Channel, Delivery, DeliveryPatch } from "#core/notify.ts";
import type { RunPicture } from "#core/picture.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import { brokenMessage, tellBroken } from "./broken.ts";
import type { ChannelKind, Outcome } from "./channel.ts";
import type { Channels } from "./channels.ts";
import { compose, type Drawing } from "./compose.ts";
import { isOpen, verdictOn } from "./held.ts";
import type { Message } from "./message.ts";
import { editAt, sendTo } from "./send.ts";
import { settle, settleEdit } from "./settle.ts";
import { saidBy } from "./spread.ts";
import type { Watching } from "./watching.ts";

export interface DeliverDeps extends Drawing {
  engine: Pick<Engine<Actor>, "picture" | "workflow">;
  store: Pick<Store, "notify" | "run"> & { accounts: Pick<PeopleTable, "people"> };
  channels: Channels;
  kinds: readonly ChannelKind[];
  watching: Watching;
  clock: Clock;
  log: Log;
  zone(): string;
  random(): number;
  newId(): string;
  now(): number;
  /** How long a channel is left alone after a message. Milliseconds. */
  noteGap(channelId: string, gapMs: number): void;
  /** Counts what became of a send, by kind of channel. */
  count(kind: string, was: Outcome["was"] | "gone"): void;
}

/**
 * Sees to one delivery that is due: sends it, or edits what was sent, or finds that there is no more reason to. Gives it as it is
 * afterwards; null when somebody else has it.
 */
export const deliver = async (
  deps: DeliverDeps,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Delivery | null> => {
  const { notify } = deps.store;
  const change = async (patch: DeliveryPatch, was = delivery.state): Promise<Delivery | null> =>
    (await notify.changeDelivery(delivery.id, was, patch)) ? { ...delivery, ...patch } : null;
  if (delivery.state !== "waiting" && delivery.state !== "sent") return null;
  const channel = await notify.channel(delivery.channelId);
  const why = channel === null ? "The channel was removed." : closedBecause(channel);
  if (channel === null || why !== null) {
    if (delivery.state === "sent") return change({ nextAt: null, remote: null });
    const state = channel?.state === "broken" ? "failed" : "dropped";
    return change({ state, nextAt: null, because: why });
  }
  const kind = deps.channels.kind(channel.kind);
  deps.noteGap(channel.id, kind.can.leastGapMs);
  const drawn = await draw(deps, delivery, channel);
  if ("patch" in drawn) return change(drawn.patch);
  const { message } = drawn;
  const shown = sumOf(message);
  const given = { idempotent: kind.can.idempotent, now: deps.now(), random: deps.random };

  if (delivery.state === "sent") {
    if (delivery.remote === null || shown === delivery.shown) return change({ nextAt: null, ...drawn.after });
    const { remote } = delivery;
    const outcome = await attempt(deps, kind, () =>
      deps.channels.open(channel).then((to) => editAt(kind, message, remote, to, signal)),
    );
    const said = settleEdit(delivery, outcome, given);
    await broke(deps, channel, outcome);
    return change({
      nextAt: null,
      ...said,
      ...(outcome.was === "delivered" ? { shown, attempts: 0, ...drawn.after } : {}),
    });
  }

  const attempts = delivery.attempts + 1;
  if ((await change({ state: "sending", attempts, nextAt: null })) === null) return null;
  const outcome = await attempt(deps, kind, () =>
    deps.channels.open(channel).then((to) => sendTo(kind, message, to, signal)),
  );
  if (outcome.was === "dead" && outcome.moved !== undefined)
    await deps.channels.moved(channel.id, outcome.moved);
  const patch = settle({ ...delivery, attempts }, outcome, { ...given, now: deps.now() });
  const after = await change(
    { ...patch, attempts, ...(outcome.was === "delivered" ? { shown } : {}) },
    "sending",
  );
  await broke(deps, channel, outcome);
  return after;
};

const closedBecause = ({ state, because }: Channel): string | null => {
  if (state === "on") return null;
  return state === "off" ? "The channel is switched off." : (because ?? "The channel reaches nobody.");
};

/** The message as it is to be shown now, or what becomes of the delivery without one; `after`: what else holds once it shows that. */
const draw = async (
  deps: DeliverDeps,
  delivery: Delivery,
  channel: Channel,
): Promise<{ message: Message; after: DeliveryPatch } | { patch: DeliveryPatch }> => {
  const dropped = (because: string): { patch: DeliveryPatch } => ({
    patch: delivery.state === "sent" ? { nextAt: null } : { state: "dropped", nextAt: null, because },
  });
  if (delivery.kind === "broken") {
    const message = await brokenMessage(deps, delivery);
    return message === null ? dropped("It reaches somebody again.") : { message, after: {} };
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
  }
  const message = compose(
    {
      delivery,
      picture,
      isOpen: isOpen(delivery, at),
      personOnly: isPersonOnly(deps, at, delivery.stepId),
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

/** How long it takes in all, as far as that is known. */
const expectedMs = ({ createdAt, timeLeft }: RunPicture, now: number): number | null =>
  timeLeft === null ? null : now - createdAt + timeLeft.p50Ms;

const isPersonOnly = (
  { engine }: Pick<DeliverDeps, "engine">,
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

/** What a person can mend is an outcome; what is our mistake is told to the log, and the message goes nowhere. */
const attempt = async <O extends Outcome | { was: "gone" }>(
  deps: DeliverDeps,
  kind: ChannelKind,
  work: () => Promise<O>,
): Promise<O | Outcome> => {
  const made = await work().catch((thrown: unknown): Outcome => {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "cancelled" || thrown.code === "internal") throw thrown;
    return thrown.canPass
      ? { was: "later", because: thrown.message, afterMs: thrown.retryAfterMs ?? null }
      : { was: "dead", because: thrown.message };
  });
  deps.count(kind.kind, made.was);
  return made;
};

const broke = async (
  deps: DeliverDeps,
  channel: Channel,
  outcome: Outcome | { was: "gone" },
): Promise<void> => {
  if (outcome.was !== "dead" || outcome.moved !== undefined) return;
  await deps.channels.broke(channel.id, outcome.because);
  await tellBroken(deps, channel);
};

/** A short sum of what people see of a message. */
const sumOf = ({ title, sentence, lines, facts, percent, links, buttons, urgency }: Message): string =>
  createHash("sha256")
    .update(JSON.stringify([title, sentence, lines, facts, percent, links, buttons, urgency]))
    .digest("base64url")
    .slice(0, 16);
