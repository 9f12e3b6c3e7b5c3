const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const mark = "…";
/** No sign that people see is longer, by far. */
const longestSign = 64;

/** A text of at most so many UTF-16 units. Where it is cut it says so, and no sign is cut in two, however many units it has. */
export const cutText = (text: string, most: number): string => {
  if (text.length <= most) return text;
  if (most < mark.length) return "";
  const room = most - mark.length;
  const from = Math.max(0, room - longestSign);
  let end = from;
  for (const { index, segment } of graphemes.segment(text.slice(from, room + longestSign))) {
    if (from + index + segment.length > room) break;
    end = from + index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}${mark}`;
};
