import { expect, test } from "vitest";
import type { PastStep } from "#core/store.ts";
import { learn } from "#core/time-left/learn.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { counted, type Reach, remembered } from "#workflows/crawl-site/likely-pages.ts";
import { aStep } from "../core/a-step.ts";
import { drawsFrom } from "../core/time-left/simulated.ts";

const pages = 577;
const most = 600;
const pageMs = 71;
/** Until the first page is asked for: a process has to start. */
const startMs = 1_800;
const lookMs = 2_000;

/** To which pages each page leads. */
type Site = (page: number) => readonly number[];
const { uniform } = drawsFrom(7);
const anywhere = Array.from({ length: pages }, () =>
  Array.from({ length: 5 }, () => Math.floor(uniform() * pages)),
);
const sites: Record<string, Site> = {
  "whose every page leads to two more": (page) => [2 * page + 1, 2 * page + 2],
  "whose every page leads to three more": (page) => [3 * page + 1, 3 * page + 2, 3 * page + 3],
  "whose every page leads to all": () => Array.from({ length: pages }, (_, page) => page),
  "whose pages lead to any others": (page) => [...(anywhere[page] ?? []), (page + 1) % pages],
  "of lists, each of ten pages and the next list": (page) =>
    page % 11 === 0 ? Array.from({ length: 11 }, (_, i) => page + i + 1) : [],
};

/** How far a crawl of it is from one page to the next, as the crawler walks: in the order in which pages were found. */
const walk = (site: Site, size: number): Reach[] => {
  const found = [0];
  const seen = new Set(found);
  const reaches: Reach[] = [{ done: 0, known: 1 }];
  for (let at = 0; at < found.length; at++) {
    for (const page of site(found[at] ?? 0)) {
      if (page >= size || seen.has(page)) continue;
      seen.add(page);
      found.push(page);
    }
    reaches.push({ done: at + 1, known: found.length });
  }
  return reaches;
};

const wholeMs = (size: number) => Math.ceil((startMs + size * pageMs) / lookMs) * lookMs;
const small = [46, 44, 60, 38, 46, 52, 41, 46, 46, 58, 33, 46, 49];
const past: PastStep[] = small.map((units, run) => ({
  runId: `r${run}`,
  stepId: "crawl",
  activeMs: wholeMs(units),
  quietMs: 0,
  skipped: false,
  units,
  foreknown: false,
  size: 0,
  // The first look that saw any.
  began: { done: 3, afterMs: lookMs },
}));

/** What its page tells at tenths of its time, with what it counted when it last looked. */
const told = (site: Site) => {
  const reaches = walk(site, pages);
  const model = learn(past);
  let before: Reach[] = [];
  let began: { done: number; afterMs: number } | undefined;
  const total = wholeMs(pages);
  const looks = Array.from({ length: Math.ceil(total / lookMs) }, (_, look) => {
    const activeMs = look * lookMs;
    const now = reaches[Math.max(0, Math.min(pages, Math.floor((activeMs - startMs) / pageMs)))] ?? {
      done: 0,
      known: 1,
    };
    const progress = counted(before, now, most);
    before = remembered(before, now);
    if (now.done > 0) began ??= { done: now.done, afterMs: activeMs };
    return aStep("crawl", {
      title: "Crawl",
      kind: "wait",
      state: "waiting",
      activeMs,
      share: progress.total === null ? null : now.done / progress.total,
      progress: { ...progress, what: "pages read", unit: "items", perSecond: null, ...(began && { began }) },
    });
  });
  return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((tenth) => {
    const spentMs = tenth * total;
    const step = looks.findLast(({ activeMs }) => activeMs <= spentMs);
    if (step === undefined) throw new Error("it looks from the start on");
    const { run, percent } = timeLeft([step], model, new Map([["crawl", spentMs]]));
    if (run === null) throw new Error("there is a past");
    return { tenth, off: (run.p50Ms - (total - spentMs)) / total, percent, because: run.because };
  });
};

test.each(Object.entries(sites))(
  "a crawl that turns out ten times as large as all before is told within a seventh from a fifth on and within a tenth from three tenths on, of a site %s",
  (_, site) => {
    for (const { tenth, off, percent } of told(site)) {
      if (tenth >= 0.2) expect(Math.abs(off), `at ${tenth}`).toBeLessThan(tenth < 0.3 ? 1 / 7 : 0.1);
      // A percent never goes back, so before it is known how many pages there are none is told.
      if (percent !== null) expect(Math.abs(percent - 100 * tenth), `at ${tenth}`).toBeLessThanOrEqual(12);
    }
    expect(told(site).at(-1)?.percent).not.toBeNull();
    expect(told(site).at(4)?.because).toMatch(
      /^“Crawl” has more to do than usual: (probably about )?\d+, usually about 46\.$/,
    );
  },
);

test("what is known is the end once nothing new is found, the limit once as much is known, and nothing is told of a few pages", () => {
  expect(counted([], { done: 9, known: 40 }, 600)).not.toHaveProperty("likely");
  expect(counted([{ done: 40, known: 80 }], { done: 79, known: 80 }, 600)).toMatchObject({ likely: 80 });
  expect(counted([{ done: 50, known: 500 }], { done: 79, known: 600 }, 600)).toMatchObject({ total: 600 });
});
