/** The days that a list can be narrowed to with one choice, and what each is called. */
export const periods = {
  day: { days: 1, word: "Last 24 hours" },
  week: { days: 7, word: "Last 7 days" },
  month: { days: 30, word: "Last 30 days" },
} as const;
export type Period = keyof typeof periods;
export const periodNames = Object.keys(periods) as [Period, ...Period[]];

export const dayMs = 24 * 3_600_000;

/** What somebody chose: one of the periods or days ("2026-11-28"), each empty where nothing was chosen. */
export interface ChosenTime {
  period: Period | "";
  from: string;
  /** The last day that counts. */
  to: string;
}

/** From when on and until before when (milliseconds since 1970); null: no bound. Days begin at midnight in UTC, moved by `zone` minutes. */
export const boundsOf = (
  { period, from, to }: ChosenTime,
  now: number,
  zone: number,
): { since: number | null; until: number | null } => {
  const first = dayAt(from, zone);
  const last = dayAt(to, zone);
  if (first !== null || last !== null) return { since: first, until: last === null ? null : last + dayMs };
  // By whole minutes, so that a list that polls stays the same list for so long.
  const since = period === "" ? null : Math.floor(now / 60_000) * 60_000 - periods[period].days * dayMs;
  return { since, until: null };
};

const dayAt = (text: string, zone: number): number | null => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? null : at - zone * 60_000;
};
