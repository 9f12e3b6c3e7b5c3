import type { Operator } from "./expression.ts";

/** A piece of SQL and what it gives: all databases have it written so that these never meet untold. */
export interface Typed {
  sql: string;
  is: "number" | "text" | "truth" | "nothing";
}

/** What holds is 1 where one counts with it; text is the number that it begins with. */
export const number = ({ sql, is }: Typed): string =>
  is === "truth" ? `CAST(${sql} AS INTEGER)` : is === "text" ? `(${sql} + 0)` : sql;
export const text = (value: Typed): string =>
  value.is === "text" || value.is === "nothing" ? value.sql : `CAST(${number(value)} AS TEXT)`;
export const truth = (value: Typed): string => (value.is === "truth" ? value.sql : `(${number(value)} <> 0)`);
export const as = { number, text, truth, nothing: ({ sql }: Typed): string => sql };

/** What values are that stand for each other, or are compared. */
export const common = (...values: readonly Typed[]): Typed["is"] => {
  const [first = "nothing", ...others] = new Set(values.map(({ is }) => is).filter((is) => is !== "nothing"));
  return others.length === 0 ? first : [first, ...others].includes("text") ? "text" : "number";
};

export const literal = (value: string | number | null): Typed =>
  value === null
    ? { sql: "NULL", is: "nothing" }
    : typeof value === "number"
      ? { sql: String(value), is: "number" }
      : { sql: `'${value.replaceAll("'", "''")}'`, is: "text" };

/** What an operator of a formula makes of two values. */
export const operation = (operator: Operator, left: Typed, right: Typed): Typed => {
  const both = (is: Typed["is"], sign: string): string => `(${as[is](left)} ${sign} ${as[is](right)})`;
  switch (operator) {
    case "+":
    case "-":
    case "*":
      // However large: whole numbers of eight bytes are too small for what two of them may come to.
      return { sql: `(CAST(${number(left)} AS NUMERIC) ${operator} ${number(right)})`, is: "number" };
    case "/":
      // A half stays a half, and what is divided by nothing is nothing.
      return {
        sql: `(CAST(${number(left)} AS DOUBLE PRECISION) / nullif(${number(right)}, 0))`,
        is: "number",
      };
    case "&":
      return { sql: `(coalesce(${text(left)}, '') || coalesce(${text(right)}, ''))`, is: "text" };
    case "and":
    case "or":
      return { sql: both("truth", operator.toUpperCase()), is: "truth" };
    case "=":
      return { sql: both(compared(left, right), "IS NOT DISTINCT FROM"), is: "truth" };
    case "!=":
      return { sql: both(compared(left, right), "IS DISTINCT FROM"), is: "truth" };
    case "<":
    case "<=":
    case ">":
    case ">=":
      return { sql: both(compared(left, right), operator), is: "truth" };
    default:
      return operator satisfies never;
  }
};

/** A number is compared with a text that is written out as one. */
const compared = (left: Typed, right: Typed): Typed["is"] => {
  const is = common(left, right);
  const isWritten = [left, right].some((one) => one.is === "text" && one.sql.startsWith("'"));
  return is === "text" && left.is !== right.is && isWritten ? "number" : is;
};
