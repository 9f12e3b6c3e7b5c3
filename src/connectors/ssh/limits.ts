import type { ConnectionField, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";

/** How long OpenClaw on a machine may take; a Raspberry Pi needs many times what a server does. */
export interface OpenclawLimits {
  /** A restart of its gateway, and the start after it, each. */
  restartLimitMs: number;
  /** One of its commands. */
  commandLimitMs: number;
}

/** Starting OpenClaw takes a second or two, adding an agent 14 s on a small machine; one that lacks a plugin asks npm for it for over a minute. */
const usual = { restartLimitS: "120", commandLimitS: "180" };
const [leastS, mostS] = [10, 1_800];

export const limitFields: readonly ConnectionField[] = [
  {
    name: "restartLimitS",
    label: "Seconds for a restart of OpenClaw's gateway",
    help: "So long it may take to stop and to come back. A small machine such as a Raspberry Pi needs 600 or more.",
    preset: usual.restartLimitS,
    required: false,
    secret: false,
    leads: false,
  },
  {
    name: "commandLimitS",
    label: "Seconds for one OpenClaw command",
    help: "A command that takes longer is ended on the server.",
    preset: usual.commandLimitS,
    required: false,
    secret: false,
    leads: false,
  },
];

/** Tidied, as texts. Throws AppError("bad-input", …, { field }). */
export const checkedLimits = (values: ConnectionValues): typeof usual => ({
  restartLimitS: String(secondsIn(values, "restartLimitS")),
  commandLimitS: String(secondsIn(values, "commandLimitS")),
});

/** Of a stored connection; one from before there were limits has the usual ones. */
export const openclawLimits = (values: ConnectionValues): OpenclawLimits => ({
  restartLimitMs: secondsIn(values, "restartLimitS") * 1_000,
  commandLimitMs: secondsIn(values, "commandLimitS") * 1_000,
});

const secondsIn = (values: ConnectionValues, field: keyof typeof usual): number => {
  const typed = (values[field] ?? "").trim() || usual[field];
  const seconds = Number(typed);
  if (/^\d+$/.test(typed) && seconds >= leastS && seconds <= mostS) return seconds;
  throw new AppError("bad-input", `This is a number of seconds from ${leastS} to ${mostS}.`, { field });
};
