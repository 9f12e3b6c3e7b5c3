import type { TriggerKind } from "#core/cause.ts";
import { missedPolicies } from "#core/due.ts";
import { AppError } from "#core/errors.ts";
import { textOf, textsOf, type Values } from "#core/form.ts";
import { type PlainTimes, timesOf } from "#core/plain-times.ts";
import { plainTyped } from "#core/times-typed.ts";
import { endsFollowed, overlaps, proofKinds, type When } from "#core/trigger.ts";
import { from, hourMs, hows, own } from "./schedule-form.ts";

/** What was typed of when it starts. Throws AppError("bad-input", …, { field }). */
export const whenOf = (kind: TriggerKind, values: Values, before?: When): When => {
  const text = (name: string) => textOf(values, own + name);
  const mapping = Object.fromEntries(
    Object.keys(values)
      .filter((name) => name.startsWith(from) && textOf(values, name) !== "")
      .map((name) => [name.slice(from.length), textOf(values, name)]),
  );
  switch (kind) {
    case "schedule": {
      const hours = text("within");
      return {
        kind,
        times: timesOf(plainIn(values)),
        zone: text("zone"),
        missed: chosen(missedPolicies, text("missed"), "missed"),
        withinMs: hours === "" ? null : wholeNumber(hours, "within") * hourMs,
        overlap: chosen(overlaps, text("overlap"), "overlap"),
      };
    }
    case "hook":
      return {
        kind,
        proof: before?.kind === "hook" ? before.proof : chosen(proofKinds, text("proof"), "proof"),
        mapping,
      };
    case "after":
      return {
        kind,
        workflowId: text("after"),
        on: endsFollowed.filter((one) => textsOf(values, `${own}on`).includes(one)),
        mapping,
      };
    default:
      return kind satisfies never;
  }
};

const plainIn = (values: Values): PlainTimes => {
  const text = (name: string) => textOf(values, own + name);
  const how = chosen(
    hows.map(([one]) => one),
    text("how"),
    "how",
  );
  switch (how) {
    case "minutes":
      return { how, minutes: wholeNumber(text("minutes"), "minutes") };
    case "day":
      return { how, at: text("at") };
    case "week":
      return { how, at: text("at"), days: textsOf(values, `${own}days`).map(Number) };
    case "month":
      return { how, at: text("at"), day: text("day") };
    case "cron":
      return plainTyped(text("cron"));
    default:
      return how satisfies never;
  }
};

export const nameAndPause = (values: Values): { name: string; pauseAfter: number | null; secret: string } => {
  const pauseAfter = textOf(values, `${own}pauseAfter`);
  return {
    name: textOf(values, `${own}name`),
    pauseAfter: pauseAfter === "" ? null : wholeNumber(pauseAfter, "pauseAfter"),
    secret: textOf(values, `${own}secret`),
  };
};

/** What the workflow's own fields were filled in with. */
export const startValues = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(own)));

const wholeNumber = (text: string, field: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("bad-input", "Give a whole number.", { field });
};

const chosen = <T extends string>(all: readonly T[], given: string, field: string): T => {
  const one = all.find((each) => each === given);
  if (one === undefined) throw new AppError("bad-input", "Choose one of those that are offered.", { field });
  return one;
};
