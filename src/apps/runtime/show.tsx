import type { Addresses } from "./addresses.ts";
import type { Row } from "./rows.ts";
import type { Column, Table } from "./schema.ts";
import { momentSpoken, spoken } from "./spoken.ts";
import { isWebAddress } from "./value.ts";

/** An instant as the clock on the wall showed it. */
export const Moment = ({ at }: { at: string }) => <time datetime={at}>{momentSpoken(at)}</time>;

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
  const text = column.to === undefined ? spoken(column, value) : String(value);
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

/** The columns that a list has room for: the naming one first, long texts not at all. */
export const listed = (table: Table): [string, Column][] => {
  const short = Object.entries(table.columns).filter(
    ([id, { type }]) => type !== "longtext" && id !== table.name,
  );
  const name = Object.entries(table.columns).filter(([id]) => id === table.name);
  return [...name, ...short.slice(0, 6)];
};
