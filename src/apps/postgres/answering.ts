import { AppError } from "#core/errors.ts";
import { type Line, LineError } from "./line.ts";

/** Longer than any answer takes that comes. */
const silentMs = 2_000;
const againMs = 5_000;

/** A line that tells in words what the database refuses Milepost itself, and that asks no silent database again at once: each question would hold up everybody. */
export const answering = (line: Line): Line => {
  let silentUntil = 0;
  return {
    ...line,
    ask: (...asked) => {
      const since = performance.now();
      if (since < silentUntil) throw away();
      try {
        return line.ask(...asked);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        if (error.code === "away" && performance.now() - since > silentMs)
          silentUntil = performance.now() + againMs;
        throw inWords(error);
      }
    },
  };
};

/** What is told where the apps' database gives no answer. */
export const away = (cause?: unknown): AppError =>
  new AppError("unreachable", "The database does not answer just now. Try again in a moment.", { cause });

const inWords = (error: LineError): Error => {
  if (error.code === "away") return away(error);
  if (error.code !== "42501") return error;
  return new AppError(
    "forbidden",
    `PostgreSQL does not let Milepost's user do this (${error.message}). Each app gets a schema and a role of its own: ALTER ROLE … CREATEROLE, and GRANT CREATE ON DATABASE … TO that user.`,
    { cause: error },
  );
};
