import { itemsIn } from "./column-text.ts";
import { inferType } from "./infer-column.ts";
import { nameOf } from "./names.ts";
import { singular } from "./plural.ts";

/** “No invoices (number)” and “customers (name), but without orders (total)” want none. */
const denied =
  /(?<![\p{L}-])(?:no|not|never|without|neither|nor|except|don['’]?t|doesn['’]?t|won['’]?t|can['’]?t|cannot)(?![\p{L}-])/iu;
export const isDenied = (words: string): boolean => {
  const sentence = words.split(/[;!?\n]|\.(?=\s|$)/).at(-1) ?? "";
  return denied.test(sentence);
};

/** “but no phone”; “paid: yes or no” is a column. */
export const isLeftOut = (item: string): boolean =>
  /^(?:(?:but|and|with) )?(?:no|not|without|never|except) /i.test(item);

/** What may stand between two tables; “customers (name) who buy products (price)” is a sentence, not a list. */
export const goesOn =
  /^\)?\s*(?:$|[^\p{L}\s)]|(?:and|or|plus|then|also|as well as|together with|und|y|e|et|ed|en|og|och|oraz|и)(?![\p{L}\p{N}]))/iu;

/**
 * “Gym: members (name), classes (title)” begins with what the app is for, and so do “Gym: members, classes”, “rentals: tenants, leases with start date”
 * and “assets: laptops, phones, with price”.
 */
export const isOpening = (title: string, list: string): boolean => {
  const items = itemsIn(list).map(({ text }) => text);
  const isBareThing = (text: string | undefined) =>
    text !== undefined && isPlural(text) && !text.includes("(") && inferType(nameOf(text) ?? "") === "text";
  const bracketed = items.filter((text) => text.includes("("));
  const isOne = !isPlural(title);
  return (
    (isOne && items.length > 1 && bracketed.length === items.length) ||
    bracketed.filter((text) => isPlural((text.split("(")[0] ?? "").trim())).length > 1 ||
    items.every(isBareThing) ||
    (items.length > 2 && items.slice(0, 2).every(isBareThing)) ||
    items.some((text) => isPlural(/^(.+?) (?:with|has|have|having) /i.exec(text)?.[1] ?? ""))
  );
};

const isPlural = (words: string): boolean => singular(words.toLowerCase()) !== words.toLowerCase();

/** “Condition (mint, good)” and “number (unique)” say of a column what it may hold. */
export const isOfColumn = (title: string, list: string): boolean =>
  /^(?:unique|needed|required|optional|yes(?:\/| or )no|\p{Lu}{3}|[€$£])$/u.test(list.trim()) ||
  (!isPlural(title) &&
    ((itemsIn(list).length === 1 && /\sor\s|\//.test(list)) ||
      /(?:^|\s)(?:status|stage|state|phase|condition|category|type|kind|side|priority|severity|gender|sex|size|colou?r|choice|level|rating|method|role)$/i.test(
        title,
      )));
