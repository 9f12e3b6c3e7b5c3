import type { Identity } from "#core/accounts.ts";

/** What one person, or one program with a token of its own, may take of this server at most; Infinity: as much as there is. */
export interface Limits {
  /** Event streams and WebSockets that are open at the same time. */
  streams: number;
  /** Over a longer time; for a moment it may be `burstOf` as many. */
  requestsPerSecond: number;
}

/** For a moment, as when many pages are opened at once. */
export const burstOf = 3;

/** So many times of what one token may take all tokens of a person may take together. */
export const allTokensOf = 4;

/** What is counted as one, and how many times of the limits it may take. */
export interface Share {
  who: string;
  times: number;
}

/** As whom somebody is counted: a person with all their browsers; each token, and besides all tokens of a person together. */
export const sharesOf = ({ tokenId, person }: Pick<Identity, "tokenId" | "person">): readonly Share[] =>
  tokenId === null
    ? [{ who: `person ${person.id}`, times: 1 }]
    : [
        { who: `token ${tokenId}`, times: 1 },
        { who: `tokens of ${person.id}`, times: allTokensOf },
      ];
