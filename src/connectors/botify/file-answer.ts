import type { IncomingHttpHeaders } from "node:http";
import type { GuardedAnswer } from "#connectors/http/guarded-fetch.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import { AppError } from "#core/errors.ts";
import { addressOf, type Source } from "./partial.ts";

export type Reading =
  | { fromBytes: number; source: Source }
  | { end: "anew" }
  | { end: "refused"; error: AppError }
  | { end: "cut"; error: AppError; waitMs: number | undefined };

/** The file cannot be had any more: no further try can mend that. */
export class FileGone extends AppError {
  constructor(sentence: string) {
    super("remote-refused", sentence, { canPass: false });
  }
}

/** What an answer means for a file of which we have `doneBytes`. Throws AppError for answers that no further try can mend. */
export const readFileAnswer = (
  { status, headers }: Pick<GuardedAnswer, "status" | "headers">,
  url: URL,
  doneBytes: number,
  source: Source | null,
): Reading => {
  const validator = validatorOf(headers);
  if (status === 200 && /\bhtml\b/i.test(String(headers["content-type"]))) {
    // A sign-in or maintenance page in between: what was saved of the file stays.
    const sentence = `${url.host} answers with a web page instead of the file. Try again in a few minutes.`;
    return { end: "cut", error: new AppError("remote-odd", sentence), waitMs: undefined };
  }
  if (status === 200) {
    return {
      fromBytes: 0,
      source: { address: addressOf(url), validator, totalBytes: lengthOf(headers["content-length"]) },
    };
  }
  if (status === 206 && source !== null) {
    const [, start, , total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(String(headers["content-range"])) ?? [];
    const totalBytes = total === "*" ? source.totalBytes : lengthOf(total);
    const same =
      (validator === null || validator === source.validator) &&
      (source.totalBytes ?? totalBytes) === totalBytes;
    return Number(start) === doneBytes && start !== undefined && same
      ? { fromBytes: doneBytes, source: { ...source, totalBytes } }
      : { end: "anew" };
  }
  if (status === 416 && source !== null) return { end: "anew" };
  const asked = retryAfterMs(headers);
  if (asked === undefined && isRefusal(status)) {
    const sentence = `${url.host} refuses the download link (HTTP ${status}), and a fresh link too. The file may have been removed there.`;
    return { end: "refused", error: new FileGone(sentence) };
  }
  if (status >= 400) {
    const error = new AppError(
      "remote-failed",
      `${url.host} cannot give the file now (HTTP ${status}). Try again in a few minutes.`,
      {
        canPass: true,
        ...(asked === undefined ? {} : { retryAfterMs: asked }),
      },
    );
    return { end: "cut", error, waitMs: asked === undefined ? undefined : Math.min(asked, 60_000) };
  }
  throw new AppError(
    "remote-odd",
    `${url.host} answered the download with HTTP ${status}, which is no file.`,
  );
};

/** Clouds tell by different words that a signed link has ended: 403, 400 "ExpiredToken", 404, 410. Only 408 and 429 speak of the request. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429;

/** A weak ETag does not promise equal bytes, so it cannot be used with If-Range (RFC 9110, 13.1.5). */
const validatorOf = (headers: IncomingHttpHeaders): string | null => {
  const etag = textOf(headers.etag);
  return etag !== null && !etag.startsWith("W/") ? etag : textOf(headers["last-modified"]);
};

const lengthOf = (text: string | string[] | undefined): number | null =>
  typeof text === "string" && /^\d+$/.test(text) ? Number(text) : null;

const textOf = (value: string | string[] | undefined): string | null =>
  typeof value === "string" && value !== "" ? value : null;
