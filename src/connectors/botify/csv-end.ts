import { parse } from "csv-parse/sync";

/** Why the last row may have been cut by a few letters. */
export interface OddEnd {
  /** 1 for the first row. */
  row: number;
  /** Its last value, or the beginning of that. */
  value: string;
  /** `open`: no line break ends it, as one ends all others, and nothing shows that its last value is whole. `begun`: other rows go on where that ends. */
  why: "open" | "begun";
}

/** How much of a last row is looked at. */
export const endBytes = 64 * 1024;

/**
 * Holds the last row of a CSV, its bytes to the end of the file, against the rows that it begins with. RFC 4180 leaves the last line break
 * free, so a row without it that ends in a value which is surely whole is none of these; null too where another number of values tells more.
 */
export const oddEndOf = (
  last: Buffer,
  { row, header, others }: { row: number; header: number; others: string[] },
): OddEnd | null => {
  const open = !/[\r\n]$/.test(last.subarray(-1).toString("latin1"));
  if (last.length >= endBytes) return open ? { row, value: "", why: "open" } : null;
  const [values = []] = parse(last, {
    to: 1,
    relaxColumnCount: true,
    relaxQuotes: true,
    recordDelimiter: ["\r\n", "\n", "\r"],
  });
  if (values.length !== header) return null;
  const value = values.at(-1) ?? "";
  if (isBegun(value, others)) return { row, value, why: "begun" };
  const closed = last.at(-1) === quote;
  return open && !closed && !isWhole(value, others) ? { row, value, why: "open" } : null;
};

const quote = 0x22;
/** In the words of `formed`; other texts of one form may well have shorter ones among them, as “Page 9” is among “Page 10” and “Page 11”. */
const dateOrTime = /^9+([-:/.])9+\1\d/;
/** So few values say nothing of a column. */
const fewest = 3;

/** A column of few words, each there more than once, in which this one is the beginning of another; or the beginning of a date or a time. */
const isBegun = (value: string, others: string[]): boolean => {
  if (value === "" || others.length < fewest || others.includes(value)) return false;
  const times = Map.groupBy(others, (other) => other);
  const words = [...times.values()].every((same) => same.length > 1);
  const form = formOf(others);
  return (
    (words && others.some((other) => other.startsWith(value))) ||
    (form !== null && dateOrTime.test(form) && value.length < form.length && form.startsWith(formed(value)))
  );
};

/** The value is one that others have and that none goes on from, or has the form that all others have. */
const isWhole = (value: string, others: string[]): boolean => {
  const form = formOf(others);
  return (
    (value !== "" &&
      others.includes(value) &&
      !others.some((other) => other !== value && other.startsWith(value))) ||
    (form !== null && form.length >= fewest && formed(value) === form)
  );
};

/** What all have in common when letters and digits are not told apart; null where they differ. */
const formOf = (values: string[]): string | null => {
  const [form = "", ...more] = new Set(values.map(formed));
  return values.length >= fewest && form !== "" && more.length === 0 ? form : null;
};

const formed = (value: string): string => value.replaceAll(/\p{L}/gu, "a").replaceAll(/\p{N}/gu, "9");
