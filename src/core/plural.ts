/** 1234567 → "1,234,567". */
export const countText = (count: number): string => Math.round(count).toLocaleString("en-US");

/** A count with its noun: "1 row", "3 rows". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${Math.round(count) === 1 ? one : many}`;
