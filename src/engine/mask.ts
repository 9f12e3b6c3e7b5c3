import type { Change } from "#core/change.ts";
import type { Run } from "#core/run.ts";
import type { Secrets } from "#core/secrets.ts";
import { secretOwner } from "./context.ts";

/** Shorter ones would blot out ordinary words. */
const shortest = 6;
const shortestOfMany = 12;
const shown = "•••";
/** What steps hand on to each other has to stay as it is; no step hands on a secret. */
const untouched: ReadonlySet<string> = new Set(["result", "form"]);

/** Takes the run's own secrets out of everything recorded of it that people read: log lines, errors with remote output, details. */
export const createMask = (run: Run, secrets: Secrets): ((change: Change) => Change) => {
  const hidden = Object.values(run.secrets ?? {})
    .flatMap((sealed) => {
      const text = secrets.open(sealed, secretOwner(run.id));
      // A secret of many lines, such as a file of variables, shows line by line.
      const values = text.split("\n").map((line) => line.slice(line.indexOf("=") + 1).trim());
      return [text, ...values.filter((value) => value.length >= shortestOfMany)];
    })
    .flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length);
  if (hidden.length === 0) return (change) => change;
  const clean = (value: unknown): unknown => {
    if (typeof value === "string")
      return hidden.reduce((text, secret) => text.replaceAll(secret, shown), value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, untouched.has(name) ? one : clean(one)]),
    );
  };
  return (change) => clean(change) as Change;
};
