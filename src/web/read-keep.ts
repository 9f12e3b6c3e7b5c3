import { AppError } from "#core/errors.ts";
import type { Keep } from "#core/retention.ts";

const most = 99_999;

const words = { days: "The days of runs", runs: "The number of runs", logDays: "The days of logs" } as const;

/** The rule that a form says; an empty number is none. Throws AppError("bad-input", …, { field }). */
export const readKeep = (sent: Readonly<Record<string, string>>): Keep => {
  const read = (name: keyof typeof words): number | null => {
    const text = (sent[name] ?? "").trim();
    if (text === "") return null;
    if (/^\d{1,5}$/.test(text) && Number(text) > 0) return Number(text);
    throw new AppError(
      "bad-input",
      `${words[name]} must be a number from 1 to ${most.toLocaleString("en")}, or empty for no rule.`,
      { field: name },
    );
  };
  return {
    days: read("days"),
    runs: read("runs"),
    logDays: read("logDays"),
    exports: sent.exports === "yes",
  };
};
