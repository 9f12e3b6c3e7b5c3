import { AppError } from "#core/errors.ts";

/** The names of NAME=value lines. Blank lines and lines that begin with # are left alone. Throws AppError("bad-input"). */
export const variableNames = (text: string): string[] => {
  const names: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const name = /^\s*([A-Za-z_][A-Za-z0-9_]*)=/.exec(line)?.[1];
    // The line itself may hold a secret, so only its number is told.
    if (name === undefined) throw wrong(`Line ${index + 1} is not of the form NAME=value.`);
    if (names.includes(name)) throw wrong(`${name} is set twice, the second time in line ${index + 1}.`);
    names.push(name);
  }
  return names;
};

const wrong = (why: string): AppError =>
  new AppError("bad-input", `${why} Write one environment variable per line.`, { field: "env" });
