import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { Channel, Delivery, DeliveryPatch, HeldPatch } from "#core/notify.ts";
import { tellBroken } from "./broken.ts";
import type { Bursts } from "./bursts.ts";
import type { ChannelKind, Outcome } from "./channel.ts";
import type { Channels } from "./channels.ts";
import { drawDigest, heldFor, holdBack } from "./digest.ts";
import { type DrawDeps, draw } from "./draw.ts";
import { becauseQuiet } from "./held.ts";
import type { Message } from "./message.ts";
import { editAt, sendTo } from "./send.ts";
import { settle, settleEdit } from "./settle.ts";

export interface DeliverDeps extends DrawDeps {
  channels: Channels;
  kinds: readonly ChannelKind[];
  bursts: Bursts;
  log: Log;
  random(): number;
  /** Something goes out by a channel, which is left alone for so long then. Milliseconds. */
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
  const change = async (
    patch: DeliveryPatch,
    was = delivery.state,
    held: readonly HeldPatch[] = [],
  ): Promise<Delivery | null> =>
    (await notify.changeDelivery(delivery.id, was, patch, held)) ? { ...delivery, ...patch } : null;
  if (delivery.state !== "waiting" && delivery.state !== "sent") return null;
  const channel = await notify.channel(delivery.channelId);
  const why = channel === null ? "The channel was removed." : closedBecause(channel);
  if (channel === null || why !== null) {
    if (delivery.state === "sent") return change({ nextAt: null, remote: null });
    const state = channel?.state === "broken" ? "failed" : "dropped";
    const patch = { state, nextAt: null, because: why } as const;
    return change(
      patch,
      delivery.state,
      delivery.kind === "digest" ? await withAll(deps, delivery, patch) : [],
    );
  }
  const kind = deps.channels.kind(channel.kind);
  const drawn = await (delivery.kind === "digest" ? drawDigest : draw)(deps, delivery, channel);
  const hold = async (until: number, because: string) =>
    (await holdBack(deps, delivery, until, because)) ? ({ ...delivery, state: "held" } as const) : null;
  const isOneByOne = kind.can.oneByOne === true;
  if ("quietUntil" in drawn) {
    if (isOneByOne) return change({ nextAt: drawn.quietUntil, because: becauseQuiet });
    return hold(drawn.quietUntil, becauseQuiet);
  }
  if ("patch" in drawn) return change(drawn.patch, delivery.state, drawn.held);
  const { message, held, told = [] } = drawn;
  const shown = sumOf(message);
  const given = { idempotent: kind.can.idempotent, now: deps.now(), random: deps.random };

  if (delivery.state === "sent") {
    if (delivery.remote === null || shown === delivery.shown) return change({ nextAt: null, ...drawn.after });
    const { remote } = delivery;
    deps.noteGap(channel.id, kind.can.leastGapMs);
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

  const isFolded = !isOneByOne && delivery.kind !== "digest" && delivery.kind !== "broken";
  const full = isFolded ? deps.bursts.fullUntil(channel.id, deps.now()) : null;
  if (full !== null) return hold(full, becauseMany);
  const attempts = delivery.attempts + 1;
  if ((await change({ state: "sending", attempts, nextAt: null }, "waiting", held)) === null) return null;
  deps.noteGap(channel.id, kind.can.leastGapMs);
  const outcome = await attempt(deps, kind, () =>
    deps.channels.open(channel).then((to) => sendTo(kind, message, to, signal)),
  );
  if (outcome.was === "dead" && outcome.moved !== undefined)
    await deps.channels.moved(channel.id, outcome.moved);
  const patch = settle({ ...delivery, attempts }, outcome, { ...given, now: deps.now() });
  const isThere = outcome.was === "delivered";
  if (isThere) deps.bursts.sent(channel.id, deps.now());
  const after = await change(
    { ...patch, attempts, ...(isThere ? { shown } : {}) },
    "sending",
    isThere ? [{ ids: told, patch: { state: "sent", sentAt: deps.now(), because: inDigest } }] : [],
  );
  await broke(deps, channel, outcome);
  return after;
};

const inDigest = "It was told in one message with all else that was held.";
const becauseMany = "More came at once than anybody reads, so what is left comes as one message.";

/** What a digest was to tell shares its fate. */
const withAll = async (deps: DeliverDeps, digest: Delivery, patch: DeliveryPatch): Promise<HeldPatch[]> => {
  const ids: string[] = [];
  for await (const { id } of heldFor(deps, digest.channelId)) ids.push(id);
  return [{ ids, patch }];
};

const closedBecause = ({ state, because }: Channel): string | null => {
  if (state === "on") return null;
  return state === "off" ? "The channel is switched off." : (because ?? "The channel reaches nobody.");
};

/** Whatever is thrown is an outcome, so that nothing is on its way for ever; what is our mistake is told to the log as well. */
const attempt = async <O extends Outcome | { was: "gone" }>(
  deps: DeliverDeps,
  kind: ChannelKind,
  work: () => Promise<O>,
): Promise<O | Outcome> => {
  const made = await work().catch((thrown: unknown): Outcome => {
    if (!(thrown instanceof AppError) || thrown.code === "internal") {
      deps.log.error({ err: thrown, kind: kind.kind }, "a message could not be sent");
      return { was: "refused", because: "Milepost could not send this; the server's log says why." };
    }
    if (thrown.code === "cancelled") throw thrown;
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
