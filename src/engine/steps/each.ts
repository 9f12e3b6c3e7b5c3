import { countOf, frozenList, type Share, usualAtOnce } from "#core/each.ts";
import { AppError } from "#core/errors.ts";
import { failedItems, type ItemCounts, itemsIn, itemsSentence, underWayItems } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import { ended } from "#core/sentence.ts";
import { Skip } from "#core/skip.ts";
import type { Step, Waiting } from "#core/step.ts";
import type { EachDefinition } from "#core/workflow.ts";
import { askAuthor, callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { eachBegun, itemsAwaited, itemsBegun } from "#engine/moves/each.ts";
import { done } from "#engine/moves/forward.ts";
import { hiding } from "#engine/moves/move.ts";
import {
  atOnce as atOnceShape,
  list as listShape,
  share as shareShape,
  waves as wavesShape,
} from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { stepContext } from "./context.ts";
import { failing } from "./fail.ts";
import { cancelItems, goOnWithItems, retryItem } from "./item-wishes.ts";
import { itemsLeft } from "./items-left.ts";
import { isFarther, seenOf } from "./items-seen.ts";
import { newChild } from "./new-child.ts";
import { pausedBefore, waveToAsk } from "./next-wave.ts";
import { resultsOfItems } from "./results-of-items.ts";

/** An item that was begun says itself when it has changed; this is for how far those at work are. */
const lookEveryMs = 5_000;
/** So many are begun in one commit, between which people are answered. */
const begunAtOnce = 10;
const namedAtMost = 10;
const reasonsAtMost = 3;
const everyWave = 500;

type Named = EachDefinition & { title: string };

/** What holds for all of the list, as its author said and its input makes it. */
interface How {
  atOnce: number;
  stopAfter: Share;
}

/**
 * One look at the items of a step: begins what may be begun, and lets the run go until one of them has changed. The list is kept in the commit
 * that begins the step, each item's run is made in a commit of this run, and only while nothing of them has changed since it was looked.
 */
export const runEachStep = async (claim: Claim, stepId: string, definition: Named): Promise<void> => {
  const before = claim.step(stepId);
  if (before.waiting?.for !== "look") return begin(claim, before, definition);
  const { run } = claim.at();
  const { store, clock } = claim.parts;
  const { items } = store;
  if (before.waiting.paused?.stopped === true) await goOnWithItems(claim, stepId);
  const known = await items.counts(run.id, stepId);
  if (known === null) throw new AppError("internal", `The items of “${before.title}” are not there.`);
  const { counts } = known;
  const how = await howOf(claim, definition);
  const all = allIn(counts);
  const isNews = isFarther(before, counts, all) || clock.now() >= before.waiting.nextAt;
  const underWay = await items.of(run.id, stepId, {
    ...{ states: underWayItems, limit: everyWave },
    ...(isNews ? {} : { runsOf: [] }),
  });
  const failed = itemsIn(counts, ...failedItems);
  const mayBegin = failed < countOf(how.stopAfter, all);
  if (underWay.length === 0 && (counts.pending === 0 || !mayBegin))
    return failed > 0 || counts.pending > 0
      ? fail(claim, before, counts)
      : complete(claim, before, definition);
  const room = Math.min(begunAtOnce, how.atOnce - underWay.length);
  const next =
    mayBegin && room > 0 && counts.pending > 0
      ? ofOneWave(await items.of(run.id, stepId, { states: ["pending"], limit: room }), underWay)
      : [];
  const wave = waveToAsk(claim.at(), before, next);
  if (wave !== null) {
    const seen = seenOf(counts, underWay, { all, what: definition.what ?? "items" });
    return claim.record((now, at) => {
      const step = now.steps.find(({ id }) => id === stepId);
      return now.run.version === run.version && now.run.wish === null && step !== undefined
        ? pausedBefore(wave, { now, step, next, seen, at })
        : {};
    });
  }
  for (const { at } of next) if (at !== null) await retryItem(claim.parts, at, run);
  const made = await Promise.all(
    next.filter(({ at }) => at === null).map(({ item }) => newChild(claim, stepId, definition.flow, item)),
  );
  // Those that were tried again tell this run so.
  if (next.length > made.length && made.length === 0) return claim.record(() => ({}));
  const left = isNews
    ? await itemsLeft(claim, stepId, definition.flow, {
        ...{ counts, underWay, ...how },
        waves: await told(claim, definition.title, "waves", definition.waves, ["rest"], wavesShape),
      })
    : before.progress?.left;
  const seen = seenOf(counts, underWay, { all, what: definition.what ?? "items", left });
  const refused = made.flatMap((one) => ("refused" in one ? [one.refused] : []));
  const begun = made.flatMap((one) => ("child" in one ? [one.child] : []));
  const nextAt = clock.now() + lookEveryMs;
  await claim.record((now, at) => {
    const step = now.steps.find(({ id }) => id === stepId);
    // An item has changed since: it is looked again.
    if (
      now.run.version !== run.version ||
      step === undefined ||
      step.waiting === null ||
      now.run.wish !== null
    )
      return {};
    const times = { at, nextAt };
    if (made.length > 0)
      return itemsBegun(step, step.waiting, seen, { stepId, begun, moved: refused }, times);
    return itemsAwaited(now, step, step.waiting, seen, times);
  });
};

const allIn = (counts: ItemCounts): number =>
  itemsIn(counts, ...(Object.keys(counts) as (keyof ItemCounts)[]));

/** A wave waits for all of those before it. */
const ofOneWave = (
  pending: readonly ItemWithRun[],
  underWay: readonly ItemWithRun[],
): readonly ItemWithRun[] => {
  const wave = pending[0]?.item.wave;
  if (wave === undefined || underWay.some(({ item }) => item.wave < wave)) return [];
  return pending.filter(({ item }) => item.wave === wave);
};

const begin = async (claim: Claim, step: Step, definition: Named): Promise<void> => {
  const { parts, signal } = claim;
  const stepId = step.id;
  // Tried again: the list is what it was, and those that are done stay done.
  if (step.attempt > 0 && (await parts.store.items.counts(step.runId, stepId)) !== null)
    return claim.record((now, at) => eachBegun(now, step, { stepId, again: true }, at));
  await cancelItems(claim, stepId, "Milepost");
  const called = await callAuthor(parts, {
    of: step.title,
    name: "of",
    shape: listShape,
    limitMs: parts.limits.draw,
    graceMs: parts.stopGraceMs,
    signal,
    run: (own) => definition.of(stepContext(parts, claim.at(), step, own)),
  });
  if (called.kind === "stopped") {
    if (called.why !== "cancel") throw new Stop(called.why);
    return;
  }
  if (called.kind === "error") return claim.record(await failing(parts, claim.at(), step, called.error));
  const found = called.value;
  const skipped = found instanceof Skip ? found.reason : found.length === 0 ? "The list is empty." : null;
  const list = found instanceof Skip ? [] : found;
  const waves = await told(claim, definition.title, "waves", definition.waves, ["rest"], wavesShape);
  const frozen = frozenList(list, waves);
  await howOf(claim, definition);
  await claim.record((now, at) => {
    const begun = eachBegun(now, step, { stepId, frozen }, at);
    if (skipped === null) return begun;
    const over = done(
      now,
      step,
      { skipped, result: definition.isOne ? null : [], detail: null, tookMs: 0 },
      at,
    );
    return { ...over, run: { startedAt: now.run.startedAt ?? at, ...over.run } };
  });
};

const howOf = async (claim: Claim, { title, atOnce, stopAfter }: Named): Promise<How> => ({
  atOnce: await told(claim, title, "atOnce", atOnce, usualAtOnce, atOnceShape),
  stopAfter: await told<Share>(claim, title, "stopAfter", stopAfter, 1, shareShape),
});

/** A value, or what its author's function makes of the input. */
const told = async <T>(
  { parts, at }: Claim,
  of: string,
  name: string,
  value: T | ((input: unknown) => T) | undefined,
  usual: T,
  shape: Parameters<typeof askAuthor<T>>[1]["shape"],
): Promise<T> => {
  if (typeof value !== "function") return value ?? usual;
  const ask = value as (input: unknown) => T;
  return askAuthor(parts, { of, name, shape, limitMs: parts.limits.words, run: () => ask(at().run.input) });
};

/** Nothing is at work any more, and not all are done. */
const fail = async (claim: Claim, step: Step, counts: ItemCounts): Promise<void> => {
  const { run } = claim.at();
  const failed = await claim.parts.store.items.of(run.id, step.id, {
    states: failedItems,
    limit: namedAtMost,
  });
  const sentence = itemsSentence(
    counts,
    failed.map(({ item }) => item.title),
  );
  const reasons = new Map(
    failed.flatMap(({ item, at }) =>
      at?.run.error ? [[at.run.error.message, { item, why: at.run.error }]] : [],
    ),
  );
  const [only, another] = [...reasons.values()];
  // What the other side answered to one of them is no headline of all.
  const said = another !== undefined || only?.why.detail == null ? {} : { detail: only.why.detail };
  const told = [...reasons]
    .slice(0, reasonsAtMost)
    .map(([reason, { item }]) => (another === undefined ? reason : ended(`${item.title}: ${reason}`)));
  const error = new AppError("items-failed", [sentence, ...told].join(" "), { canPass: false, ...said });
  const decide = await failing(claim.parts, claim.at(), step, error, sinceLook(step.waiting, claim));
  await claim.record((now, at) => (now.run.version === run.version ? decide(now, at) : {}));
};

const sinceLook = (waiting: Waiting | null, { parts }: Claim): number =>
  waiting === null ? 0 : Math.max(0, Math.min(lookEveryMs, parts.clock.now() - waiting.since));

const complete = async (claim: Claim, step: Step, definition: Named): Promise<void> => {
  const { run } = claim.at();
  const { results, privates } = await resultsOfItems(claim, step, definition);
  const counts = (await claim.parts.store.items.counts(run.id, step.id))?.counts;
  const detail = definition.isOne === true || counts === undefined ? null : itemsSentence(counts, []);
  const result = definition.isOne === true ? (results[0]?.result ?? null) : results;
  // The last look that was kept was before the last item was over.
  const all = { all: counts === undefined ? 0 : allIn(counts), what: definition.what ?? "items" };
  const progress = counts === undefined ? null : seenOf(counts, [], all).progress;
  const over = { skipped: null, result, detail, progress, tookMs: sinceLook(step.waiting, claim) };
  await claim.record((now, at) =>
    now.run.version === run.version ? hiding(now, privates, done(now, claim.step(step.id), over, at)) : {},
  );
};
