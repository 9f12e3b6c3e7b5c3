import { createRequire } from "node:module";
import { comparison, isTakenColumn, isTakenTable } from "#apps/runtime/check-schema.ts";
import { identifier } from "#apps/runtime/schema.ts";

const longest = 48;

const load = createRequire(import.meta.url);

/** Letters of any script as Latin ones: "Größe" → "Grosse", "顧客" → "GuKe". The tables for it are only loaded for a text that has some. */
const inLatin = (text: string): string =>
  text
    .normalize("NFKC")
    .replaceAll(/(?:[^\P{L}a-z]\p{M}*)+/giu, (letters) =>
      (load("any-ascii") as typeof import("any-ascii")).default(letters),
    );

/**
 * Words as a name that SQL and addresses may carry: "Unit price (€)" → "unit_price". Null when no letter is among them. Words of other scripts may
 * have the same name.
 */
export const nameOf = (text: string): string | null => {
  const plain = inLatin(text)
    .toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+/, "")
    .slice(0, longest)
    .replace(/_+$/, "");
  if (identifier.safeParse(plain).success) return plain;
  return isWordy(text) ? "word" : null;
};

/** Whether something can be called so: in any script, but not by signs alone. */
export const isWordy = (text: string): boolean => /\p{L}/u.test(text);

/** Whether a column that is called so tells how far a row is. */
export const isState = (name: string): boolean => /(?:^|[_\s])(?:status|stage|state|phase)$/i.test(name);

/** The name, or one with a number at its end that is not taken. */
export const unused = (wanted: string, taken: { has(name: string): boolean }): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted.slice(0, longest - 4)}_${number}`;
    if (!taken.has(name)) return name;
  }
};

/** A name that a table may have; those that an app uses itself get another end. */
export const tableNameOf = (text: string): string | null => {
  const name = nameOf(text);
  if (name === null) return null;
  return isTakenTable(name) ? `the_${name}`.slice(0, longest) : name;
};

/** A name that a column may have; those that an app uses itself get another end. */
export const columnNameOf = (text: string): string | null => {
  const name = nameOf(text);
  if (name === null) return null;
  if (isTakenColumn(name) || comparison.test(name)) return `${name.slice(0, longest - 6)}_value`;
  return name;
};

/** A part of an address: "Mara's Bike Shop CRM" → "maras-bike-shop-crm", "Клиенты" → "klienty"; "app" when no letter is in it. */
export const slugOf = (title: string): string => {
  const slug = (nameOf(title.replace(/^[^\p{L}]+/u, "")) ?? "app").replaceAll("_", "-").slice(0, 40);
  return slug.replace(/-+$/, "");
};

const capitals = new Map(
  "sku id url isbn vin vat rsvp crm dob iban gps pin sms faq api pdf erp hr it"
    .split(" ")
    .map((word) => [word, word.toUpperCase()]),
);
capitals.set("dob", "Date of birth");

/** A name as a label: "unit_price" → "Unit price", "customer_id" → "Customer", "sku" → "SKU". */
export const labelOf = (name: string): string => {
  const words = name
    .replace(/(?<=.)_id$/, "")
    .split(/[_\s]+/)
    .filter((word) => word !== "");
  const text = words.map((word) => capitals.get(word) ?? word).join(" ");
  return (text.charAt(0).toUpperCase() + text.slice(1)).slice(0, 60);
};
