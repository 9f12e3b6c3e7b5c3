import { unseen, visibleText } from "./format.ts";

const any = new RegExp(unseen, "u");
/** A tag, but for what stands in a field, which is sent back as it was typed. */
const parts = new RegExp(`<textarea[^>]*>[^<]*|<[^>]*>|${unseen}`, "gu");
/** What of a tag people read or hear. */
const told = / (?:aria-label|alt|placeholder|title)="[^"]*"/g;

/**
 * Rendered HTML in whose texts signs that turn what follows round, and controls, are seen instead of obeyed, wherever they came from. All
 * that browsers are sent goes through this, so that no view has to remember it.
 */
export const visibleHtml = (html: string): string =>
  any.test(html)
    ? html.replaceAll(parts, (part) =>
        part.startsWith("<textarea")
          ? part
          : part.startsWith("<")
            ? part.replaceAll(told, visibleText)
            : visibleText(part),
      )
    : html;
