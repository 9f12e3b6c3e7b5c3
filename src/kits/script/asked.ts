import { choice } from "#core/field-choices.ts";
import { checkbox, number, secret, text } from "#core/field-kinds.ts";
import type { InputField, SecretField } from "#core/fields.ts";
import type { Secret } from "#kits/shell-options.ts";
import type { Ask } from "./header.ts";

type AskedField = InputField<string, unknown> | SecretField<string, unknown>;

/** The field of a form that asks for one of a script's inputs. */
export const fieldOf = ({ name, kind, label, options, preset }: Ask): AskedField => {
  switch (kind) {
    case "text":
      return text(name, label, preset === null ? { required: true } : { preset });
    case "number":
      return number(name, label, preset === null ? { required: true } : { preset: Number(preset) });
    case "yes":
      return checkbox(name, label, { preset: preset === "yes" });
    case "secret":
      return secret(name, label, { required: true });
    case "choice":
      return choice(name, label, {
        options: options.map((value) => ({ value, label: value })),
        ...(preset === null ? {} : { preset }),
      });
    default:
      return kind satisfies never;
  }
};

/** What was typed, as the script finds it in its environment; the secrets are handed over apart. */
export const environmentOf = (
  asks: readonly Ask[],
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    asks.filter(({ kind }) => kind !== "secret").map(({ name }) => [name, wordsFor(given[name])]),
  );

export const secretNamesOf = (asks: readonly Ask[]): readonly string[] =>
  asks.filter(({ kind }) => kind === "secret").map(({ name }) => name);

/** A box that is ticked is "yes", one that is not is empty, as a shell asks it. */
const wordsFor = (value: unknown): string =>
  typeof value === "boolean" ? (value ? "yes" : "") : String(value ?? "");

/** How a script is given the secrets that it asks. */
export const secretsOf = <I, R>(names: readonly string[]): Readonly<Record<string, Secret<I, R, string>>> =>
  Object.fromEntries(names.map((name) => [name, ({ secret: typed }) => typed(name)]));
