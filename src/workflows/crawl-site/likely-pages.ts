/** How many pages were read, and how many were known by then. */
export interface Reach {
  done: number;
  known: number;
}

/** So many looks back are remembered, each further than the one after it. */
const mostRemembered = 12;
/** After fewer pages nobody can tell. */
const enough = 10;
/** No site is taken to have more than so many times as many pages as are known of it. */
const mostTimes = 6;
/** What was known at this share of what is read now tells how fast that grows. */
const comparedAt = 0.6;

/** How far that is, as a step tells it. Once as many pages are known as may be read, the end is known too. */
export const counted = (before: readonly Reach[], now: Reach, mostPages: number) => {
  if (now.known >= mostPages) return { ...now, total: mostPages };
  const likely = likelyPages(before, now, mostPages);
  return { ...now, total: null, ...(likely === undefined ? {} : { likely, most: mostPages }) };
};

/**
 * How many pages a site will turn out to have, at most `mostPages`, from how what is known of it grew. A site of T pages with m links on
 * each to any of them is known after d pages as far as T·(1 − e^(−m·d/T)), as in capture and recapture: while each page read still tells
 * of as many new ones as at first, no end is seen and the limit is likely; the fewer are new, the nearer it is to what is known. Undefined
 * while too few were read to tell.
 */
export const likelyPages = (before: readonly Reach[], now: Reach, mostPages: number): number | undefined => {
  if (now.done < enough) return undefined;
  const then = before.findLast(({ done }) => done <= comparedAt * now.done) ?? { done: 0, known: 1 };
  const read = now.done - then.done;
  const fresh = read <= 0 ? 0 : (now.known - then.known) / read;
  if (fresh <= 0) return now.known;
  return Math.round(Math.min(mostPages, mostTimes * now.known, now.known / sharedBy(now, fresh)));
};

/** The share of the site that is known, 0..1: 1 − e^(−x), where (e^x − 1) / x is how much fewer pages are new by now than on average. */
const sharedBy = ({ done, known }: Reach, fresh: number): number => {
  const fewer = known / done / fresh;
  if (fewer <= 1) return 0;
  let [low, high] = [0, 40];
  for (let i = 0; i < 40; i++) {
    const x = (low + high) / 2;
    if (Math.expm1(x) / x > fewer) high = x;
    else low = x;
  }
  return -Math.expm1(-low);
};

/** The same looks with this one, thinned so that there are few and the newest are nearest to each other. */
export const remembered = (before: readonly Reach[], now: Reach): Reach[] => {
  const last = before.at(-1);
  if (last !== undefined && now.done < 1.15 * last.done) return [...before];
  return [...before, now].slice(-mostRemembered);
};
