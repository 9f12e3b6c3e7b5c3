import { unseen, visibleText } from "./format.ts";

const any = new RegExp(unseen, "u");
/** Left as it is: tags with their attributes, of which some are sent back, and what stands in a field. */
const parts = new RegExp(`<textarea[^>]*>[^<]*|<[^>]*>|${unseen}`, "gu");

/**
 * Rendered HTML in whose texts signs that turn what follows round, and controls, are seen instead of obeyed, wherever they came from. All
 * that browsers are sent goes through this, so that no view has to remember it.
 */
export const visibleHtml = (html: string): string =>
  any.test(html) ? html.replaceAll(parts, (part) => (part.startsWith("<") ? part : visibleText(part))) : html;
