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

/** Who is counted as one: each token, and each person with all their browsers. */
export const personOf = ({ tokenId, person }: Identity): string =>
  tokenId === null ? `person ${person.id}` : `token ${tokenId}`;
