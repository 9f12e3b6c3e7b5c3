import type { Addresses } from "./addresses.ts";
import { wallDate, wallTime } from "./clock.ts";
import type { Row } from "./rows.ts";
import type { Column, Table } from "./schema.ts";
import { isWebAddress, type Value } from "./value.ts";

/** A value as a person reads it: plain text. */
export const plain = (column: Column, value: Value): string => {
  if (value === null) return "";
  if (column.type === "boolean") return value === 1 ? "Yes" : "No";
  if (column.type === "decimal") return Number(value).toFixed(2);
  if (column.type === "timestamp") return String(value).replace("T", " ").slice(0, 16);
  return String(value);
};

/** An instant as the clock on the wall showed it. */
export const Moment = ({ at }: { at: string }) => {
  const ms = Date.parse(at);
  return <time datetime={at}>{Number.isNaN(ms) ? at : `${wallDate(ms)} ${wallTime(ms).slice(11, 16)}`}</time>;
};

interface ShownProps {
  to: Addresses;
  column: Column;
  id: string;
  row: Row;
}

/** A value on a page, with a link where it points somewhere. */
export const Shown = ({ to, column, id, row }: ShownProps) => {
  const value = row.values[id] ?? null;
  if (value === null) return <span class="nothing">–</span>;
  const text = plain(column, value);
  if (column.to !== undefined) return <a href={to.row(column.to, text)}>{row.names[id] ?? text}</a>;
  if (column.type === "email") return <a href={`mailto:${encodeURIComponent(text)}`}>{text}</a>;
  if (column.type === "phone") return <a href={`tel:${text.replaceAll(/[^\d+]/g, "")}`}>{text}</a>;
  if (column.type === "url" && isWebAddress(text))
    return (
      <a href={text} rel="noreferrer noopener">
        {text}
      </a>
    );
  if (column.options !== undefined) return <span class="option">{text}</span>;
  if (column.type === "longtext") return <span class="lines">{text}</span>;
  return <>{text}</>;
};

/** Whether the values of a column stand below each other digit by digit. */
export const isNumber = ({ type }: Column): boolean => type === "integer" || type === "decimal";

/** The columns that a list has room for: the naming one first, long texts not at all. */
export const listed = (table: Table): [string, Column][] => {
  const short = Object.entries(table.columns).filter(
    ([id, { type }]) => type !== "longtext" && id !== table.name,
  );
  const name = Object.entries(table.columns).filter(([id]) => id === table.name);
  return [...name, ...short.slice(0, 6)];
};
