import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel, Delivery, HeldPatch, MessageKind } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import type { RunWithSteps } from "#core/run.ts";
import { shortText } from "#views/format.ts";
import { brokenMessage } from "./broken.ts";
import { compose } from "./compose.ts";
import { type DrawDeps, type Drawn, expectedMs, undoneBecause } from "./draw.ts";
import { becauseQuiet, isOpen, verdictOn } from "./held.ts";
import type { Message } from "./message.ts";
import { quietUntil } from "./quiet.ts";
import { saidBy } from "./spread.ts";

type Told = Exclude<MessageKind, "digest">;

/** What matters most first; what one run has of several kinds is told as the first of them. */
const order: readonly Told[] = ["needs-you", "failed", "broken", "slow", "cancelled", "finished", "live"];
const atOnce = 200;
const mostLines = 15;
const longestLine = 200;
const mostLinks = 10;

/** Something that is to be told: of a run, or of a channel that is broken. */
interface Item {
  best: Delivery & { kind: Told };
  /** What else of the same run is told by the same line. */
  folded: string[];
}

/** Puts off what came in quiet hours, or with too much else at once; then one message tells all of it. False: it waits no more. */
export const holdBack = (
  { store: { notify }, newId, now }: Pick<DrawDeps, "store" | "newId" | "now">,
  { id, personId, channelId }: Delivery,
  until: number,
  because: string,
): Promise<boolean> =>
  notify.hold(id, because, {
    id: newId(),
    key: `digest ${id}`,
    runId: null,
    n: 0,
    stepId: null,
    asked: null,
    personId,
    channelId,
    kind: "digest",
    nextAt: until,
    because,
    createdAt: now(),
  });

/**
 * The one message of what was held for a channel. What is out of date by now is left out; what is the only one is sent as what it is, with its
 * buttons.
 */
export const drawDigest = async (deps: DrawDeps, digest: Delivery, channel: Channel): Promise<Drawn> => {
  const said = await saidBy(deps, digest.personId);
  const quiet = quietUntil(said, deps.now());
  if (quiet !== null) return { patch: { nextAt: quiet, because: becauseQuiet } };
  const held: HeldPatch[] = [];
  const items = new Map<string, Item>();
  for await (const delivery of heldFor(deps, channel.id)) {
    const what = delivery.runId ?? delivery.id;
    const patch = await outOfDate(deps, delivery, channel, said);
    if (patch === null) items.set(what, joined(items.get(what), delivery));
    else held.push({ ids: [delivery.id], patch });
  }
  const told = [...items.values()].sort((a, b) => rank(a.best.kind) - rank(b.best.kind));
  const [only] = told;
  if (only === undefined) return { patch: dropped("Nothing that was held is of interest any more."), held };
  if (told.length === 1) {
    held.push({ ids: [only.best.id], patch: { state: "waiting", nextAt: deps.now() } });
    held.push({ ids: only.folded, patch: dropped("Another message of its run tells it.") });
    return { patch: dropped("There was one message only, and it is sent as such."), held };
  }
  return {
    message: await drawn(deps, digest, told, said.zone),
    after: {},
    held,
    told: told.flatMap(({ best, folded }) => [best.id, ...folded]),
  };
};

/** All that is held for a channel. Between two parts of it people are answered. */
export async function* heldFor({ store: { notify } }: Pick<DrawDeps, "store">, channelId: string) {
  for (let after = ""; ; ) {
    const some = await notify.held(channelId, after, atOnce);
    yield* some;
    const last = some.at(-1);
    if (last === undefined || some.length < atOnce) return;
    after = last.id;
    await nextTurn();
  }
}

const rank = (kind: Told): number => order.indexOf(kind);

const dropped = (because: string) => ({ state: "dropped", nextAt: null, because }) as const;

const joined = (there: Item | undefined, delivery: Delivery): Item => {
  const one = delivery as Item["best"];
  if (there === undefined) return { best: one, folded: [] };
  const { best, folded } = there;
  return rank(one.kind) < rank(best.kind)
    ? { best: one, folded: [...folded, best.id] }
    : { best, folded: [...folded, one.id] };
};

/** What becomes of it where it is not told now; null: it is. */
const outOfDate = async (
  deps: DrawDeps,
  delivery: Delivery,
  { wants }: Channel,
  said: Awaited<ReturnType<typeof saidBy>>,
): Promise<HeldPatch["patch"] | null> => {
  if (delivery.kind === "broken")
    return (await brokenMessage(deps, delivery)) === null ? dropped("It reaches somebody again.") : null;
  const at = await runOf(deps, delivery);
  if (at === null) return dropped("The run is there no more.");
  const now = deps.now();
  const verdict = verdictOn({
    delivery,
    at,
    wants,
    said,
    isWatched: deps.watching.isWatched(delivery.personId, at.run.id),
    expectedMs: delivery.kind === "live" ? expectedMs(await deps.engine.picture(at.run.id), now) : null,
    now,
  });
  if (verdict === "send") return null;
  if ("drop" in verdict) return dropped(verdict.drop);
  return { state: "waiting", nextAt: verdict.until, because: verdict.because };
};

const runOf = async ({ store }: DrawDeps, { runId }: Delivery): Promise<RunWithSteps | null> =>
  runId === null ? null : store.run(runId);

const drawn = async (
  deps: DrawDeps,
  { id, kind }: Delivery,
  told: readonly Item[],
  zone: string,
): Promise<Message> => {
  const shown: Message[] = [];
  for (const { best } of told.slice(0, mostLines)) {
    const one = await messageOf(deps, best, zone);
    if (one !== null) shown.push(one);
  }
  const more = told.length - shown.length;
  const now = deps.now();
  return {
    id,
    kind,
    urgency: told[0]?.best.kind === "needs-you" ? "urgent" : "normal",
    title: "Milepost: what came meanwhile",
    sentence: countsSentence(told.map(({ best }) => best.kind)),
    lines: [
      ...shown.map((one) =>
        shortText(`${words[one.kind as Told].mark} ${one.title}. ${one.sentence}`, longestLine),
      ),
      ...(more === 0 ? [] : [`… and ${more} more.`]),
    ],
    facts: [],
    percent: null,
    links: [
      { label: "Open Milepost", href: deps.absolute(routes.home.href()) },
      ...shown.flatMap(({ title, links }) => links.slice(0, 1).map(({ href }) => ({ label: title, href }))),
    ].slice(0, mostLinks),
    buttons: [],
    thread: null,
    expiresAt: now + 24 * 3_600_000,
    at: now,
  };
};

const messageOf = async (deps: DrawDeps, delivery: Delivery, zone: string): Promise<Message | null> => {
  if (delivery.kind === "broken") return brokenMessage(deps, delivery);
  const at = await runOf(deps, delivery);
  if (at === null) return null;
  const picture = await deps.engine.picture(at.run.id);
  const about = { delivery, picture, isOpen: isOpen(delivery, at), personOnly: false, isFirst: false };
  return compose({ ...about, undoneBecause: await undoneBecause(deps, at), zone, now: deps.now() }, deps);
};

/** How a line of each begins, and how many of them are told. */
const words: Readonly<Record<Told, { mark: string; one: string; many: string }>> = {
  "needs-you": { mark: "❗", one: "1 run needs you", many: "runs need you" },
  failed: { mark: "✗", one: "1 failed", many: "failed" },
  broken: { mark: "✗", one: "1 channel is broken", many: "channels are broken" },
  slow: { mark: "⏳", one: "1 takes longer than usual", many: "take longer than usual" },
  cancelled: { mark: "–", one: "1 was cancelled", many: "were cancelled" },
  finished: { mark: "✓", one: "1 is completed", many: "are completed" },
  live: { mark: "·", one: "1 is under way", many: "are under way" },
};

/** "2 runs need you, 1 failed, 14 are completed." */
export const countsSentence = (kinds: readonly Told[]): string => {
  const counts = order.flatMap((kind) => {
    const many = kinds.filter((one) => one === kind).length;
    if (many === 0) return [];
    return [many === 1 ? words[kind].one : `${many} ${words[kind].many}`];
  });
  return `${counts.join(", ")}.`;
};
