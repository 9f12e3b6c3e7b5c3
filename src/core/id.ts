/** Gives n random bytes. */
export type Random = (n: number) => Uint8Array;

/**
 * A new identifier that sorts by time: UUID version 7 (RFC 9562, section 5.7) without the dashes.
 */
export const newId = (nowMs: number, random: Random): string => {
  const time = nowMs.toString(16).padStart(12, "0");
  const bytes = random(10);
  bytes[0] = (0x70 | ((bytes[0] ?? 0) & 0x0f)) & 0xff;
  bytes[2] = (0x80 | ((bytes[2] ?? 0) & 0x3f)) & 0xff;
  return time + Buffer.from(bytes).toString("hex");
};
