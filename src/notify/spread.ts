import type { AccessBook } from "#core/access.ts";
import type { PeopleTable } from "#core/accounts.ts";
import type { Notice } from "#core/notice.ts";
import {
  type Channel,
  type MessageKind,
  type NewDelivery,
  reminderKey,
  type TellingPreferences,
  usualPreferences,
} from "#core/notify.ts";
import type { Person } from "#core/people.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { ChannelKind } from "./channel.ts";
import { isOpen } from "./held.ts";
import { isTold, messageFor, takes } from "./whom.ts";

export interface SpreadDeps {
  store: Pick<Store, "notify" | "run"> & { accounts: Pick<PeopleTable, "people"> };
  access: AccessBook;
  kinds: readonly ChannelKind[];
  /** That of the server, where somebody said none. */
  zone(): string;
  newId(): string;
  now(): number;
}

const hour = 3_600_000;
/** After so long a question that is still open is told again. */
const remindersMs = [hour, 8 * hour, 24 * hour];
const atOnce = 100;

/** Makes of what happened what is sent to whom, so many notices in one commit. True when there may be more. */
export const spread = async (deps: SpreadDeps): Promise<boolean> => {
  const { notify } = deps.store;
  const notices = await notify.notices(atOnce);
  if (notices.length === 0) return false;
  const listeners = await listenersOf(deps);
  const runs = new Map<string, RunWithSteps | null>();
  const made: NewDelivery[] = [];
  const due: { id: string; nextAt: number }[] = [];
  for (const notice of notices) {
    const { runId } = notice;
    const at = runs.get(runId) ?? (await deps.store.run(runId));
    runs.set(runId, at);
    if (at === null) continue;
    made.push(...(await deliveriesFor(deps, notice, at, listeners)));
    due.push(...(await dueBy(deps, notice)));
  }
  await notify.spread(notices, made, due);
  return notices.length === atOnce;
};

/** Somebody with the channels that reach them, and what they said of being told. */
interface Listener {
  person: Person;
  channels: readonly Channel[];
  said: TellingPreferences;
}

const listenersOf = async (deps: SpreadDeps): Promise<Listener[]> => {
  const channels = await deps.store.notify.channels();
  const listeners: Listener[] = [];
  for (const person of await deps.store.accounts.people()) {
    const theirs = channels.filter(({ personId }) => personId === person.id);
    if (theirs.length > 0) listeners.push({ person, channels: theirs, said: await saidBy(deps, person.id) });
  }
  return listeners;
};

/** What somebody said of being told. */
export const saidBy = async ({ store, zone }: Pick<SpreadDeps, "store" | "zone">, personId: string) =>
  (await store.notify.preferences(personId)) ?? { ...usualPreferences, zone: zone() };

const deliveriesFor = async (
  deps: SpreadDeps,
  notice: Notice,
  at: RunWithSteps,
  listeners: readonly Listener[],
): Promise<NewDelivery[]> => {
  const kind = messageFor(notice.kind);
  if (kind === null || (kind === "needs-you" && !isOpen(notice, at))) return [];
  const told = await toldOf(deps, notice, at, listeners);
  return told.flatMap(({ person, channels }) =>
    channels
      .filter((channel) => takes(channel, kind) && canTake(deps, channel, kind))
      .flatMap((channel) => written(deps, notice, kind, { person, channel })),
  );
};

/** Who of them is told of this about a run. */
export const toldOf = async (
  deps: SpreadDeps,
  { kind, stepId, by }: Pick<Notice, "kind" | "stepId" | "by">,
  { run, steps }: RunWithSteps,
  listeners?: readonly Listener[],
): Promise<Listener[]> => {
  const bells = await deps.store.notify.bells(run.id);
  const answerers = steps.find(({ id }) => id === stepId)?.form?.answerers;
  const told: Listener[] = [];
  for (const one of listeners ?? (await listenersOf(deps))) {
    const { person, said } = one;
    const bell = bells.find(({ personId }) => personId === person.id)?.rings ?? null;
    if (isTold(kind, { run, answerers, person, said, bell, by, access: deps.access })) told.push(one);
  }
  return told;
};

/** What follows a run by being edited goes only where something can be edited. */
export const canTake = (
  { kinds }: Pick<SpreadDeps, "kinds">,
  channel: Pick<Channel, "kind">,
  kind: MessageKind,
): boolean => {
  const how = kinds.find((one) => one.kind === channel.kind);
  return how !== undefined && (kind !== "live" || how.can.edits);
};

const written = (
  { newId, now }: SpreadDeps,
  { runId, n, stepId, asked }: Pick<Notice, "runId" | "n" | "stepId" | "asked">,
  kind: MessageKind,
  { person, channel }: { person: Person; channel: Channel },
): NewDelivery[] => {
  const at = now();
  const one = (key: string, afterMs: number): NewDelivery => ({
    id: newId(),
    key,
    runId,
    n,
    stepId,
    asked,
    personId: person.id,
    channelId: channel.id,
    kind,
    nextAt: at + afterMs,
    because: afterMs === 0 ? null : "It is told again if nobody has answered by then.",
    createdAt: at,
  });
  const key = `${runId} ${n} ${channel.id} ${kind}`;
  const reminders = kind === "needs-you" ? remindersMs : [];
  return [one(key, 0), ...reminders.map((afterMs, index) => one(reminderKey(key, index + 1), afterMs))];
};

/** Messages that were sent, or wait, and that this makes out of date. */
const dueBy = async ({ store, now }: SpreadDeps, notice: Notice) => {
  if (notice.kind === "needs-you" || notice.kind === "slow" || notice.kind === "started") return [];
  const nextAt = now();
  const isQuestion = notice.kind === "answered";
  return (await store.notify.deliveriesOf(notice.runId)).flatMap(({ id, kind, stepId, asked }) => {
    const isAbout = isQuestion
      ? kind === "needs-you" && stepId === notice.stepId && asked === notice.asked
      : kind === "live";
    return isAbout ? [{ id, nextAt }] : [];
  });
};
