/** Cells of one shape tell the same of how their column is written, so that one of them stands for all. Longer ones are text. */
export const shapeOf = (cell: string): string => cell.trim().slice(0, 60).replaceAll(/\d+/g, digitsOf);

/** A run of digits by its length, whether it begins with a zero, and whether it can be a month or a day. */
const digitsOf = (digits: string): string => {
  const begins = digits.startsWith("0") ? "0" : "9";
  if (digits.length > 2) return begins + "9".repeat(digits.length - 1);
  const number = Number(digits);
  const most = number > 31 ? "c" : number > 12 ? "b" : "a";
  return `${begins}${most}${digits.length}`;
};
