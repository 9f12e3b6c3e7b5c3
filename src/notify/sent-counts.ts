import type { Outcome } from "./channel.ts";

type Was = Outcome["was"] | "gone";

/** What became of what was sent since the start, by kind of channel: for operators. */
export interface SentCounts {
  add(kind: string, was: Was): void;
  all(): readonly { kind: string; was: Was; n: number }[];
}

/** Every way in which a send, or an edit, can end. */
const ways: readonly Was[] = ["delivered", "ambiguous", "later", "dead", "refused", "gone"];

/** Of each kind every way is there from the beginning, so that the first one is seen as a rise. */
export const createSent = (kinds: readonly string[]): SentCounts => {
  const none = kinds.flatMap((kind) => ways.map((was) => ({ kind, was, n: 0 })));
  const counts = new Map<string, { kind: string; was: Was; n: number }>(
    none.map((one) => [`${one.kind} ${one.was}`, one]),
  );
  return {
    add: (kind, was) => {
      const key = `${kind} ${was}`;
      const one = counts.get(key) ?? { kind, was, n: 0 };
      one.n += 1;
      counts.set(key, one);
    },
    all: () => [...counts.values()],
  };
};
