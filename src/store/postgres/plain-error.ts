import { DrizzleQueryError } from "drizzle-orm/errors";
import { DatabaseError } from "pg";
import { AppError } from "#core/errors.ts";

/** This process stood still within a transaction for so long that PostgreSQL ended it, and the connection: nothing of it is there. */
const stoodStill = "25P03";

/**
 * Somebody else was faster, also because this process stood still: the same work is done anew on what is there now. PostgreSQL's manual, 13.5:
 * Serialization Failure Handling.
 */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof DatabaseError && ["40001", "40P01", "23505", stoodStill].includes(error.code ?? "");

/** What PostgreSQL refuses whoever asks, whatever it is: by the beginnings of its codes (Appendix A of its manual). */
const refusals: Readonly<Record<string, string>> = {
  "28": "PostgreSQL does not let Milepost in. Look at the user and the password in MILEPOST_DATABASE, and at pg_hba.conf on its side.",
  "3D000":
    "PostgreSQL has no database of the name in MILEPOST_DATABASE. Make it there, or look how the name is written.",
  "25006":
    "This PostgreSQL may only be read, as one that stands by for another. Name the one that may be written to with MILEPOST_DATABASE, or make this one so.",
};
const noRight =
  "PostgreSQL does not allow Milepost's user what it has to do. Give the database to the user in MILEPOST_DATABASE: ALTER DATABASE … OWNER TO ….";

const refusalOf = (code = ""): string | undefined =>
  Object.entries(refusals).find(([start]) => code.startsWith(start))?.[1];

/** The connection is gone, or PostgreSQL ends, starts, takes no more or lets nobody in: it says nothing of the work itself. */
export const isAway = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? /^(57P0|08|53300)/.test(error.code ?? "") ||
      error.code === stoodStill ||
      refusalOf(error.code) !== undefined
    : error instanceof Error &&
      (("syscall" in error && error.syscall !== "open") ||
        /terminated|timeout|Connection|not queryable/i.test(error.message));

/** What Node says of certificates (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const isMistrust = (error: unknown): error is Error =>
  error instanceof Error &&
  "code" in error &&
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_)/.test(
    String(error.code),
  );

/** An error of PostgreSQL in words where a person can do something about it; all others as they are. */
export const plainError = (error: unknown): unknown => {
  if (error instanceof AppError) return error;
  if (error instanceof DrizzleQueryError && error.cause !== undefined) return plainError(error.cause);
  if (error instanceof DatabaseError && error.code === "53100")
    return new AppError(
      "disk-full",
      "The disk of PostgreSQL is full, so nothing can be saved. Free some space; nothing that was saved before is lost.",
      { cause: error },
    );
  if (error instanceof Error && /does not support SSL/.test(error.message))
    return new AppError(
      "store-busy",
      "PostgreSQL was asked for TLS and has none, so what is sent to it could be read on the way. Turn on TLS there; where the network between is yours alone, end its address with “?sslmode=disable”.",
      { cause: error },
    );
  if (isMistrust(error))
    return new AppError(
      "store-busy",
      "The certificate of PostgreSQL is not trusted, so nothing was sent to it. If an authority of your own signed it, end its address with “?sslmode=verify-full&sslrootcert=” and the file of that authority; the address has to name the server as its certificate does.",
      { cause: error, detail: error.message },
    );
  const refusal =
    error instanceof DatabaseError ? (error.code === "42501" ? noRight : refusalOf(error.code)) : undefined;
  if (refusal !== undefined) return new AppError("store-busy", refusal, { cause: error });
  // Appendix A of its manual, class 22: what was to be kept is not a value that it can hold, however often it is asked.
  if (error instanceof DatabaseError && error.code?.startsWith("22"))
    return new RangeError(error.message, { cause: error });
  if (isAway(error) || isOvertaken(error))
    return new AppError(
      "store-busy",
      "PostgreSQL cannot be reached, or is too busy, so nothing can be saved until it answers again.",
      { cause: error },
    );
  return error;
};
