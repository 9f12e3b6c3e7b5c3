import { AppError } from "#core/errors.ts";
import { say } from "./say.ts";
import { findVerb, helpText } from "./verbs/verbs.ts";

const [name = "help", ...args] = process.argv.slice(2);
const verb = findVerb(name);

if (verb === null) {
  process.stderr.write(`Milepost has no “${name}”.\n\n${helpText}\n`);
  process.exit(2);
}
const needed = verb.takes.filter((taken) => !taken.startsWith("[")).length;
if (args.length < needed || args.length > verb.takes.length || args.includes("--help")) {
  const usage = ["milepost", name, ...verb.takes].join(" ");
  say(`${usage}\n  ${verb.does}`);
  process.exit(args.includes("--help") ? 0 : 2);
}
try {
  await (await verb.load())(...args);
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exit(1);
}

/** What went wrong, for the person at the terminal. */
function wordsFor(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    return "This port is taken by another program. Stop that one, or choose another with PORT=3001 npm start.";
  }
  if ("code" in error && error.code === "EACCES") return `Milepost may not do this here: ${error.message}`;
  return error.message;
}
