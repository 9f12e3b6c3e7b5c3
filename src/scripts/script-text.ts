import { AppError } from "#core/errors.ts";
import { newlines } from "#core/newlines.ts";
import { longestScript, longestScriptName, type ScriptText } from "#core/saved-script.ts";
import { unreadable } from "#core/script-reader.ts";

const mostMinutes = 10_080;

/** The same, tidied. Throws AppError("bad-input") with the field. */
export const checkedText = (given: ScriptText): ScriptText => {
  const text: ScriptText = {
    name: given.name.trim(),
    about: given.about.trim(),
    script: lines(given.script),
    inputs: lines(given.inputs),
    check: lines(given.check),
    undo: lines(given.undo),
    as: given.as.trim(),
    minutes: given.minutes,
  };
  const { name, about, script, minutes } = text;
  if (name === "" || name.length > longestScriptName || /\p{Cc}/u.test(name))
    throw refused("name", `Give it a name of 1 to ${longestScriptName} characters, on one line.`);
  if (about.length > 500) throw refused("about", "Say in at most 500 characters what it does.");
  if (script === "") throw refused("script", "Write the script.");
  for (const field of ["script", "inputs", "check", "undo"] as const)
    if (text[field].length > longestScript)
      throw refused(field, `Give at most ${longestScript.toLocaleString("en")} characters here.`);
  for (const field of ["script", "check", "undo"] as const) {
    const fault = unreadable(text[field]);
    if (fault !== null) throw refused(field, fault);
  }
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes)
    throw refused("minutes", `Give a whole number of minutes from 1 to ${mostMinutes.toLocaleString("en")}.`);
  return text;
};

export const isSame = (one: ScriptText, other: ScriptText): boolean =>
  (Object.keys(other) as (keyof ScriptText)[]).every((field) => one[field] === other[field]);

/** As browsers and other systems end them, without what nobody sees at the end. */
const lines = (text: string): string => newlines(text).trimEnd();

const refused = (field: keyof ScriptText, sentence: string): AppError =>
  new AppError("bad-input", sentence, { field });
