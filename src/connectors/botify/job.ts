import type { z } from "zod";
import { AppError } from "#core/errors.ts";
import type { jobAnswer } from "./schemas.ts";

/**
 * `working` is every word that is neither success nor failure: Botify publishes no closed list, so an unknown one keeps waiting.
 * DONE without a download address counts as failed, as in Botify's own JavaScript SDK.
 */
export type JobOutcome = "working" | "done" | "failed";

export interface Job {
  /** Always a string, though Botify sends numbers. */
  id: string;
  /** Absolute, on the API's own origin. */
  url: string;
  /** Botify's own word, as it came: "CREATED", "PROCESSING", "DONE", "FAILED", … */
  status: string;
  outcome: JobOutcome;
  /** Where the file is, once it is done; often on another host, and for a limited time. */
  downloadUrl: URL | null;
  /** Why it failed, as far as the answer tells. */
  reason: string | null;
  type: string | null;
  /** Botify's own text, mostly ISO 8601. */
  createdAt: string | null;
  /** What was asked for, to recognise a job of ours; null when the answer leaves it out. */
  payload: unknown;
  /** The whole answer, for the log. */
  raw: unknown;
}

const doneWords: ReadonlySet<string> = new Set(["DONE", "COMPLETE"]);

/** Tidies a job's answer. Throws AppError("remote-odd") when it names no job. `base` is the API's address, ending in a slash. */
export const readJob = (answer: z.infer<typeof jobAnswer>, base: URL): Job => {
  const word = answer.job_status.toUpperCase();
  const downloadUrl = doneWords.has(word) ? downloadUrlOf(answer.results, base) : null;
  const outcome =
    doneWords.has(word) && downloadUrl !== null
      ? "done"
      : doneWords.has(word) || word === "FAILED"
        ? "failed"
        : "working";
  return {
    ...nameOf(answer.job_id, answer.job_url ?? null, base),
    status: answer.job_status,
    outcome,
    downloadUrl,
    reason: outcome === "failed" ? (failureReason(answer) ?? missingFile(word)) : null,
    type: answer.job_type ?? null,
    createdAt: answer.date_created ?? null,
    payload: answer.payload ?? null,
    raw: answer,
  };
};

/**
 * The address of a job from its id or its job_url, which is relative ("/v1/jobs/7") in some answers and absolute in others.
 * Throws AppError("bad-input") for an address on another origin: the token must not go there.
 */
export const jobAddress = (idOrUrl: string, base: URL): URL => {
  if (!/[:/]/.test(idOrUrl)) return new URL(`jobs/${encodeURIComponent(idOrUrl)}`, base);
  const url = URL.canParse(idOrUrl, base.href) ? new URL(idOrUrl, base) : null;
  if (url?.origin !== base.origin) {
    throw new AppError(
      "bad-input",
      `The job's address is not on ${base.host}, so Milepost does not ask it: that would send your token elsewhere.`,
    );
  }
  return url;
};

const nameOf = (id: string | null, jobUrl: string | null, base: URL): Pick<Job, "id" | "url"> => {
  const own =
    jobUrl !== null && URL.canParse(jobUrl, base.href) && new URL(jobUrl, base).origin === base.origin
      ? new URL(jobUrl, base)
      : null;
  // A job with a foreign job_url but an id is asked by its id: it exists and was paid for.
  if (id !== null) return { id, url: (own ?? jobAddress(id, base)).href };
  const last = own?.pathname.split("/").findLast((part) => part !== "");
  if (own === null || last === undefined) {
    throw new AppError(
      "remote-odd",
      "Botify answered with a job that has neither a job_id nor a job_url of its own.",
    );
  }
  return { id: decodeURIComponent(last), url: own.href };
};

const downloadUrlOf = (results: unknown, base: URL): URL | null => {
  const url = property(results, "download_url");
  return typeof url === "string" && url !== "" && URL.canParse(url, base.href) ? new URL(url, base) : null;
};

const missingFile = (word: string): string | null =>
  doneWords.has(word) ? `Botify says ${word} but gives no download address.` : null;

/** No failed job's body is documented and known readers look in different places: the first that says something wins. */
const failureReason = (answer: z.infer<typeof jobAnswer>): string | null =>
  words(answer.results) ?? words(answer.error) ?? words(answer.failure_reason) ?? words(answer.error_detail);

const words = (value: unknown): string | null => {
  if (typeof value === "string") return value.trim() === "" ? null : value.trim().slice(0, 500);
  if (typeof value !== "object" || value === null) return null;
  for (const name of ["message", "error", "failure_reason", "reason", "detail"]) {
    const inner = words(property(value, name));
    if (inner !== null) return inner;
  }
  const says = Object.values(value).some((part) => part !== null && part !== "" && part !== undefined);
  return says ? JSON.stringify(value).slice(0, 500) : null;
};

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
