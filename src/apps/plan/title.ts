import { labelOf } from "./names.ts";
import type { Reading } from "./read-description.ts";
import { isKindOnly, scan } from "./resolve.ts";

const called =
  /\b(?:called|named|titled)\s+(?:["“'‘]([^"”'’]{1,60})["”'’]|([\p{L}\p{N}][\p{L}\p{N} &'’-]{0,40}?)(?=\s+(?:with|for|to|that)\b|[.,;!?\n]|$))/iu;

/**
 * What to call the app: the name it was given, or whom it is for and what it is, “Cellphone store CRM”, or its first `tables`, given in
 * words.
 */
export const titleOf = (text: string, reading: Reading, tables: readonly string[]): string => {
  const given = called.exec(text);
  const name = (given?.[1] ?? given?.[2])?.trim();
  if (name !== undefined && name !== "") return name;
  const kind = reading.head.filter((word) => word !== "app" && word !== "application");
  const says = kind.includes("crm") || (scan(kind).length > 0 && kind.every((word) => word.length > 1));
  const parts = [...reading.business.slice(0, 4), ...(says || isKindOnly(kind) ? kind.slice(0, 4) : [])];
  const words = says || reading.business.length > 0 ? parts.join(" ") : tables.slice(0, 2).join(" and ");
  const title = labelOf(words.replaceAll(/_+\d*/g, " ").trim());
  return title === "" ? "My app" : title;
};

/** Takes “called …” out, so that a name is not read as a table. */
export const withoutName = (text: string): string => text.replace(called, " ");
