import type { Outcome } from "./channel.ts";

type Was = Outcome["was"] | "gone";

/** What became of what was sent since the start, by kind of channel: for operators. */
export interface SentCounts {
  add(kind: string, was: Was): void;
  all(): readonly { kind: string; was: Was; n: number }[];
}

export const createSent = (): SentCounts => {
  const counts = new Map<string, { kind: string; was: Was; n: number }>();
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
