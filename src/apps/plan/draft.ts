import type { Column, ColumnType } from "#apps/runtime/schema.ts";
import { columnTypes } from "#apps/runtime/schema.ts";
import { inferColumn, withOptions } from "./infer-column.ts";

/** A column as the dictionary or a person gives it, before it is known which tables the app has. */
export interface ColumnDraft {
  name: string;
  column: Column;
  /** A reference: the first of these that the app has is meant; `@role` stands for a table of that role. */
  targets?: readonly string[];
  /** It becomes a reference when the app has a table of this name, singular: the “supplier” of a product. */
  maybe?: string;
}

/**
 * Reads columns in the dictionary's short hand, one word each: `name!` (must be filled in), `sku*` (unique), `size:integer` (another type
 * than its name says), `plan=monthly|yearly` (options, the first one initial), `min_stock~5` (initial value), `>customers|@buyer!` (a
 * reference to the first of these that the app has; a last `=doctor` is the text column without any). An underscore in an option is a space.
 */
export const columnsFrom = (shorthand: string): ColumnDraft[] =>
  shorthand
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(columnFrom);

const columnFrom = (word: string): ColumnDraft => {
  const found =
    /^(?<to>>[a-z_@|=]+)?(?<name>[a-z][a-z0-9_]*)?(?:=(?<options>[^!*~:]+))?(?::(?<type>[a-z]+))?(?:~(?<initial>[^!*]+))?(?<marks>[!*]*)$/.exec(
      word,
    )?.groups;
  if (found === undefined) throw new Error(`“${word}” is no column in short hand.`);
  const { to, name = "", options, type, initial, marks = "" } = found;
  const required = marks.includes("!");
  if (to !== undefined)
    return {
      name: "",
      column: { type: "reference", label: "", required, unique: false },
      targets: to.slice(1).split("|"),
    };
  return {
    name,
    column: {
      ...inferColumn(name),
      ...(type === undefined ? {} : { type: typeFrom(type), options: undefined, initial: undefined }),
      ...(options === undefined
        ? {}
        : { type: "text", ...withOptions(options.split("|").map((one) => one.replaceAll("_", " "))) }),
      ...(initial === undefined ? {} : { initial }),
      required,
      unique: marks.includes("*"),
    },
  };
};

const typeFrom = (text: string): ColumnType => {
  const type = columnTypes.find((one) => one === text);
  if (type === undefined) throw new Error(`There is no column type “${text}”.`);
  return type;
};
