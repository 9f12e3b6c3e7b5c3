import { AppError } from "./errors.ts";

/** A workflow is started by the end of another. */
export interface Link {
  from: string;
  to: string;
}

export const mostInChain = 8;

/** Throws AppError("bad-input", …, { field: "after" }) when one more link made a circle, or a chain of more than eight; it names them. */
export const assertChain = (links: readonly Link[], added: Link): void => {
  const back = wayFrom(links, added.to, added.from);
  if (back !== null)
    throw new AppError(
      "bad-input",
      `That would go on for ever: ${named([added.from, ...back])}. Choose another workflow, or remove one of these first.`,
      { field: "after" },
    );
  const before = longestFrom(
    links.map(({ from, to }) => ({ from: to, to: from })),
    added.from,
  );
  const whole = [...before.toReversed(), ...longestFrom(links, added.to)];
  if (whole.length > mostInChain + 1)
    throw new AppError(
      "bad-input",
      `At most ${mostInChain} runs may follow another, and these would be more: ${named(whole)}.`,
      { field: "after" },
    );
};

const named = (ids: readonly string[]): string => ids.map((id) => `“${id}”`).join(" → ");

/** A way along links; null when none leads there. */
const wayFrom = (links: readonly Link[], from: string, to: string): string[] | null => {
  const ways = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const at = way.at(-1);
    if (at === to) return way;
    for (const link of links) {
      if (link.from !== at || seen.has(link.to)) continue;
      seen.add(link.to);
      ways.push([...way, link.to]);
    }
  }
  return null;
};

/** Among links without a circle. */
const longestFrom = (links: readonly Link[], at: string, known = new Map<string, string[]>()): string[] => {
  const there = known.get(at);
  if (there !== undefined) return there;
  const ways = links.filter(({ from }) => from === at).map(({ to }) => longestFrom(links, to, known));
  const longest = ways.reduce<string[]>((best, one) => (one.length > best.length ? one : best), []);
  known.set(at, [at, ...longest]);
  return [at, ...longest];
};
