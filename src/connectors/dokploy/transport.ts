import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { AppError } from "#core/errors.ts";
import { refusalError } from "./refusals.ts";

export interface Question<T extends z.ZodType> {
  method: "GET" | "POST";
  /** "project.all" */
  call: string;
  query?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>>;
  schema: T;
  /** What is asked for, after "Dokploy could not": "list the projects". */
  about: string;
  /** Asking once more changes nothing more. */
  repeatable: boolean;
  /** The answer's body may be empty. */
  empty?: boolean;
}

/** Asks Dokploy one question and gives the checked answer. */
export type Ask = <T extends z.ZodType>(question: Question<T>, signal: AbortSignal) => Promise<z.output<T>>;

export interface TransportOptions {
  /** Ends in "/api/". */
  base: URL;
  apiKey: string;
  /** One request may take this long; removing an application stops its containers first. */
  timeLimitMs: number;
  /** Before a repeatable call is asked again; doubled each time. */
  againAfterMs: number;
}

const triesInAll = 3;
const longestRestMs = 30_000;
/** Far above any real answer. */
const largestAnswerBytes = 16 * 1024 * 1024;

/** The one place where requests leave for Dokploy: key, time limit, repetition where it is safe, errors in words. */
export const createTransport = ({ base, apiKey, timeLimitMs, againAfterMs }: TransportOptions): Ask => {
  const mask = (body: string): string => body.replaceAll(apiKey, "•••");

  const once = async (question: Question<z.ZodType>, signal: AbortSignal): Promise<string> => {
    const { method, call, query = {}, body, about } = question;
    const url = new URL(call, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const timeLimit = AbortSignal.timeout(timeLimitMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          "x-api-key": apiKey,
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect could lead to another host, and the key would go with it.
        redirect: "manual",
        signal: AbortSignal.any([signal, timeLimit]),
      });
      const answer = mask(await readText(response));
      if (response.ok) return answer;
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
      const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
      throw refusalError({ status: response.status, body: answer, about, host: url.host, retryAfterMs });
    } catch (thrown) {
      if (signal.aborted) throw stopped(signal);
      if (thrown instanceof AppError) throw thrown;
      if (timeLimit.aborted) {
        throw new AppError(
          "timed-out",
          `Dokploy did not ${about} within ${Math.ceil(timeLimitMs / 1000)} s. Whether it did so later is looked up before it is asked again.`,
        );
      }
      throw new AppError(
        "unreachable",
        `${url.host} could not be reached to ${about}. Check that Dokploy runs, the network, and the address of the connection.`,
        { detail: mask(reasonOf(thrown)) },
      );
    }
  };

  return async (question, signal) => {
    for (let tries = 1; ; tries++) {
      try {
        return readAnswer(await once(question, signal), question, base.host);
      } catch (thrown) {
        const again = thrown instanceof AppError && thrown.canPass && question.repeatable;
        if (!again || tries === triesInAll) throw thrown;
        const restMs = Math.max(againAfterMs * 2 ** (tries - 1), thrown.retryAfterMs ?? 0);
        if (restMs > longestRestMs) throw thrown;
        await sleep(restMs, undefined, { signal }).catch(() => Promise.reject(stopped(signal)));
      }
    }
  };
};

/** What is thrown when the caller's signal fired: the caller's own reason when it is one of our errors. */
export const stopped = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError
    ? signal.reason
    : new AppError("cancelled", "The request to Dokploy was stopped.", { cause: signal.reason });

const readText = async (response: Response): Promise<string> => {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > largestAnswerBytes)
      throw new AppError("remote-odd", "Dokploy's answer is larger than 16 MiB, which no answer should be.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const readAnswer = <T extends z.ZodType>(body: string, question: Question<T>, host: string): z.output<T> => {
  const odd = (what: string, cause?: unknown) =>
    new AppError(
      "remote-odd",
      `${host} ${what} when it should ${question.about}. Check that the address of the connection is that of a Dokploy server.`,
      { cause, detail: body.slice(0, 500) },
    );
  if (body.trim() === "") {
    if (question.empty !== true) throw odd("gave an empty answer");
    return question.schema.parse(undefined);
  }
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw odd("answered with something that is no JSON");
  }
  const checked = question.schema.safeParse(json);
  if (checked.success) return checked.data;
  const where = checked.error.issues[0]?.path.join(".");
  throw odd(`gave an answer that we do not understand${where ? ` (at “${where}”)` : ""}`, checked.error);
};

const reasonOf = (thrown: unknown): string => {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && cause.message === "" ? String(cause.code) : cause.message;
};
