import { AppError } from "#core/errors.ts";
import { follows, type TellingPreferences } from "#core/notify.ts";
import { assertZone } from "#notify/quiet.ts";

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });

/** What somebody says of being told, checked. Throws AppError("bad-input", …, { field }). */
export const checkedPreferences = (
  said: TellingPreferences,
  workflows: readonly string[],
): TellingPreferences => {
  try {
    assertZone(said.zone);
  } catch (cause) {
    throw new AppError("bad-input", "That is no time zone. They are called like Europe/Berlin.", {
      cause,
      field: "zone",
    });
  }
  const { quiet } = said;
  const isMinute = (minute: number) => Number.isInteger(minute) && minute >= 0 && minute < 24 * 60;
  if (quiet !== null && !(isMinute(quiet.from) && isMinute(quiet.until)))
    throw wrong("quietFrom", "Say from when until when it is to be quiet, or leave both empty.");
  for (const [id, one] of Object.entries(said.workflows)) {
    if (!workflows.includes(id)) throw wrong("workflows", `There is no workflow “${id}”.`);
    if (!follows.includes(one))
      throw wrong("workflows", "Say for each workflow whose runs you are told of: mine, all or none.");
  }
  return said;
};

/** The minute of the day of "07:30"; NaN for what is no time. */
export const minuteOf = (text: string): number => {
  const [, hours = "", minutes = ""] = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text) ?? [];
  return hours === "" || Number(hours) > 23 || Number(minutes) > 59
    ? Number.NaN
    : Number(hours) * 60 + Number(minutes);
};
