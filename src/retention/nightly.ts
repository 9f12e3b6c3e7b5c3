/** The newest moment up to `now` at which this hour of the server's own day began. Milliseconds since 1970. */
export const lastHour = (hour: number, now: number): number => {
  const at = new Date(now);
  at.setHours(hour, 0, 0, 0);
  if (at.getTime() > now) at.setDate(at.getDate() - 1);
  return at.getTime();
};

/** The next one behind `now`. */
export const nextHour = (hour: number, now: number): number => {
  const at = new Date(lastHour(hour, now));
  at.setDate(at.getDate() + 1);
  return at.getTime();
};

/** Whether the night's cleaning is owed: none began since its hour, which came after its rules were said. */
export const isOwed = ({ hour, saidAt, lastAt, now }: Night): boolean => {
  const due = lastHour(hour, now);
  return due >= saidAt && (lastAt === null || lastAt < due);
};

interface Night {
  hour: number;
  saidAt: number;
  /** When the last cleaning began, whoever asked for it; null: there was none. */
  lastAt: number | null;
  now: number;
}
