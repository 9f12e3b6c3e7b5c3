/** What processes that share a store tell each other of what they remember beside it. */
export interface Others {
  say(what: string): void;
  /** Hears what another process said, and "missed" when something may have been said that was not heard. The function returned ends it. */
  listen(hear: (what: string) => void): () => void;
}

/** This process is the only one. */
export const nobodyElse: Others = { say: () => {}, listen: () => () => {} };
