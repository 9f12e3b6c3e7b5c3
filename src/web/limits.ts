/** What one person, or one program with a token of its own, may take of this server at most; Infinity: as much as there is. */
export interface Limits {
  /** Event streams and WebSockets that are open at the same time. */
  streams: number;
  /** Over a longer time; for a moment it may be `burstOf` as many. */
  requestsPerSecond: number;
}
