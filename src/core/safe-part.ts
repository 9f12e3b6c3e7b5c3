/** One part of a file's path made from foreign text: never empty, never "." or "..", no separators or control characters. */
export const safePart = (text: string): string => {
  const safe = text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "_")
    .slice(0, 100);
  return /^\.*$/.test(safe) ? `_${safe.replaceAll(".", "_")}` : safe;
};
