import { itemsIn } from "./column-text.ts";
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
export const goesOn = /^\)?\s*(?:$|[^\p{L}\s)]|(?:and|or|plus|then|also|as well as|together with)\b)/iu;

/** “Gym: members (name), classes (title)” begins with what the app is for. */
export const isOpening = (title: string, list: string): boolean => {
  const items = itemsIn(list);
  const isOne = singular(title.toLowerCase()) === title.toLowerCase();
  return isOne && items.length > 1 && items.every(({ text }) => text.includes("("));
};
