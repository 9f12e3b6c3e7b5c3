import type { ChatLine, MilepostLine } from "#core/chat.ts";

/** Telegram gives back no more than 64 bytes. */
const mostBytes = 64;

/**
 * What a button beneath an answer is given. What names its run says so itself, so that it means the same after the answer was brought up to
 * date; all else is which answer and which button.
 */
export const pressOf = ({ at, buttons }: Pick<MilepostLine, "at" | "buttons">, index: number): string => {
  const itself = `do:${buttons[index]?.says ?? ""}`;
  const isWhole = itself.includes(" #") && Buffer.byteLength(itself) <= mostBytes;
  return isWhole ? itself : `say:${at}:${index}`;
};

/**
 * What such a button says; null: it is no button of an answer. Beneath an older answer only what names its run holds: "yes" would be the
 * answer to something else by now.
 */
export const lineOfPress = (
  data: string,
  lines: readonly ChatLine[],
): { says: string } | { late: string } | null => {
  if (data.startsWith("do:")) return { says: data.slice("do:".length) };
  const [, at, index] = /^say:(\d+):(\d+)$/.exec(data) ?? [];
  if (at === undefined || index === undefined) return null;
  const place = lines.findIndex((line) => line.by === "milepost" && line.at === Number(at));
  const line = lines[place];
  const says = line?.by === "milepost" ? line.buttons[Number(index)]?.says : undefined;
  if (says === undefined) return { late: "That was long ago. Ask me again." };
  return place === lines.length - 1 ? { says } : { late: "Something else was said since. Ask me again." };
};
