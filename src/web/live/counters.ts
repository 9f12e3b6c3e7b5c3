/** What the live views did since the server started, for /metrics. */
export interface Counters {
  /** Polls that found nothing new. */
  pollsUnchanged: number;
  /** Polls that were given a fragment. */
  pollsChanged: number;
  /** Fragments rendered. */
  renders: number;
  /** Event streams that are open now. */
  streams: number;
  /** Event streams that were ended because their reader was too slow. */
  streamsDropped: number;
}

export const createCounters = (): Counters => ({
  pollsUnchanged: 0,
  pollsChanged: 0,
  renders: 0,
  streams: 0,
  streamsDropped: 0,
});
