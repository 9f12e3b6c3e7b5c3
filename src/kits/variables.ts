import { command, quote } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";

export type Variables = Readonly<Record<string, string>>;

const nameRule = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** They change which programs a shell runs, not what those are told. */
const meddling = /^(PATH|IFS|ENV|BASH_ENV|SHELLOPTS|BASHOPTS|PS4|LD_.*|DYLD_.*)$/;

/** Variables that a script may be given. Throws AppError("bad-input"). */
export const checked = (variables: Variables): Variables => {
  for (const [name, value] of Object.entries(variables)) {
    if (!nameRule.test(name) || meddling.test(name))
      throw new AppError("bad-input", `A script cannot be given a variable called “${name}”.`);
    if (value.includes("\0"))
      throw new AppError(
        "bad-input",
        `What the script is given as “${name}” holds a NUL character; remove it.`,
      );
  }
  return variables;
};

/** Shell text that sets the variables and makes the words its arguments. It is handed over as a file or by stdin, never as an argument. */
export const setting = (variables: Variables, argv: readonly string[]): string =>
  [
    ...Object.entries({ PYTHONUNBUFFERED: "1", ...checked(variables) }).map(
      ([name, value]) => `${name}=${quote(value)}; export ${name}`,
    ),
    `set -- ${command(argv)}`,
    "",
  ].join("\n");

/** The same for people to read; of secrets they see that there is one. */
export const shown = (variables: Variables, secrets: readonly string[], argv: readonly string[]): string =>
  [
    ...Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`),
    ...secrets.map((name) => `${name}=•••`),
    command(argv),
  ].join(" ");
