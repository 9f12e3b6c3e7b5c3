/** A time as the replaced systems wrote it: "2026-01-15T10:00:00.000Z". */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
