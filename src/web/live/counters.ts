/** What was answered since the server started, for /metrics. */
export interface Counters {
  /** Requests by the class of their status. */
  requests: Record<StatusClass, number>;
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
  /** WebSockets that are open now. */
  sockets: number;
  /** WebSockets that were closed because their reader was too slow. */
  socketsDropped: number;
}

export const statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
export type StatusClass = (typeof statusClasses)[number];

export const createCounters = (): Counters => ({
  requests: { "1xx": 0, "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0 },
  pollsUnchanged: 0,
  pollsChanged: 0,
  renders: 0,
  streams: 0,
  streamsDropped: 0,
  sockets: 0,
  socketsDropped: 0,
});
