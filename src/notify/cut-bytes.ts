/** The beginning of a text in at most so many bytes of UTF-8, with "…" where it was longer; no sign is cut in two. */
export const cutBytes = (text: string, most: number): string => {
  if (Buffer.byteLength(text) <= most) return text;
  const room = most - Buffer.byteLength("…");
  let bytes = 0;
  let cut = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > room) break;
    cut += segment;
  }
  return `${cut}…`;
};
