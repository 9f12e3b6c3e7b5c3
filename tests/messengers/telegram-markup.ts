/** What Telegram makes of a text: how long it is once its markup is read, and why it cannot be read. */
export interface ReadMarkup {
  length: number;
  because: string | null;
}

const tags = /^(?:b|strong|i|em|u|ins|s|strike|del|tg-spoiler|a|code|pre|blockquote|tg-emoji|tg-time|span)$/;

/** The rules of https://core.telegram.org/bots/api#html-style, and of entities that are told beside a plain text. */
export const badMarkup = (text: string, given: Readonly<Record<string, unknown>>): ReadMarkup => {
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text))
    return { length: text.length, because: "strings must be encoded in UTF-8" };
  if (given.parse_mode === "HTML") return inHtml(text);
  const entities = (given.entities ?? []) as { offset: number; length: number; type: string; url?: string }[];
  const wrong = entities.find(
    ({ offset, length, type, url }) =>
      !(offset >= 0 && length > 0 && offset + length <= text.length) || (type === "text_link" && !url),
  );
  return {
    length: text.length,
    because: wrong === undefined ? null : `can't parse entities: ${JSON.stringify(wrong)}`,
  };
};

const inHtml = (text: string): ReadMarkup => {
  const open: string[] = [];
  let length = 0;
  for (const [whole, closing, tag, between] of text.matchAll(/<(\/?)([^\s>]*)[^>]*>|([^<]+|<)/g)) {
    if (between !== undefined) {
      if (between === "<")
        return { length, because: `can't parse entities: Unclosed start tag at byte offset ${length}` };
      length += between.replace(/&(?:lt|gt|amp|quot|#\d+|#x[\da-f]+);/gi, "x").length;
      continue;
    }
    if (!tags.test(tag ?? ""))
      return {
        length,
        because: `can't parse entities: Unsupported start tag "${tag}" at byte offset ${whole.length}`,
      };
    if (closing === "") open.push(tag ?? "");
    else if (open.pop() !== tag)
      return { length, because: `can't parse entities: Unmatched end tag at byte offset ${length}` };
  }
  const [left] = open;
  return {
    length,
    because:
      left === undefined
        ? null
        : `can't parse entities: Can't find end tag corresponding to start tag "${left}"`,
  };
};
