/** Time and chance, handed in so that tests can hold them still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** A new UUID. */
  newId(): string;
}

const two = (number: number): string => String(number).padStart(2, "0");

/** The time on the wall where the server stands: "2026-03-01T19:30:00". */
export const wallTime = (ms: number): string => {
  const at = new Date(ms);
  return `${wallDate(ms)}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

/** The date on the wall where the server stands: "2026-03-01". */
export const wallDate = (ms: number): string => {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/** The first instant of today where the server stands, as `created_at` is kept (ISO 8601, UTC). */
export const startOfToday = (ms: number): string => new Date(new Date(ms).setHours(0, 0, 0, 0)).toISOString();

/** The instant of a change (ISO 8601): two within a millisecond, or under a clock that was set back, must not look like one. */
export const after = (before: string, now: number): string =>
  new Date(Math.max(now, Date.parse(before) + 1)).toISOString();
