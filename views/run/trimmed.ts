import type { RunPicture } from "#core/picture.ts";
import { plural } from "#core/plural.ts";
import { dayText } from "#views/format.ts";

/** Why a log is not there, or not whole; null: it is. */
export const trimmedSentence = ({ trimmedAt, trimmedDays }: RunPicture): string | null => {
  if (trimmedAt === null) return null;
  const day = dayText(trimmedAt);
  return trimmedDays === null
    ? `Its log was being removed on ${day}, and that was cut off: what stands here is not all of it.`
    : `The log up to ${day} was removed on that day by the rule of ${plural(trimmedDays, "day")}.`;
};
