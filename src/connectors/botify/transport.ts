import type { z } from "zod";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refusalError } from "./refusals.ts";
import { retryAfterMs } from "./retry-after.ts";
import { sleep, stopped } from "./sleep.ts";

export interface ApiRequest {
  method: "GET" | "POST";
  url: URL;
  body?: unknown;
}

export interface Question<T extends z.ZodType> extends ApiRequest {
  schema: T;
  /** What it is about, for error sentences: "the project acme/shop.example". */
  about: string;
  timeLimitMs?: number;
}

/** Asks the API one question and gives the checked answer. */
export type Ask = <T extends z.ZodType>(question: Question<T>, signal: AbortSignal) => Promise<z.output<T>>;

export interface TransportOptions {
  token: string;
  fetch: typeof fetch;
  clock: Clock;
  rateLimit: RateLimit;
}

const usualTimeLimitMs = 60_000;
const triesWhenBusy = 5;
const longestBusyWaitMs = 60_000;
/** Far above any real answer: a page of 2,000 rows, or a data model of 5,000 fields. */
const largestAnswerBytes = 64 * 1024 * 1024;

/**
 * The one place where requests leave for Botify's API: rate limit, token, time limit, waiting out of 429, errors in words.
 * 429 means that nothing was done, so waiting it out is safe for POST too; every other failure is left to the caller.
 */
export const createTransport = ({ token, fetch, clock, rateLimit }: TransportOptions): Ask => {
  const mask = (text: string): string => text.replaceAll(token, "•••");

  const once = async (request: ApiRequest, timeLimitMs: number, signal: AbortSignal): Promise<Reply> => {
    const timeLimit = new AbortController();
    const callOff = clock.after(timeLimitMs, () => timeLimit.abort());
    try {
      const response = await fetch(request.url, {
        method: request.method,
        headers: {
          authorization: `Token ${token}`,
          accept: "application/json",
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        redirect: "manual",
        signal: AbortSignal.any([signal, timeLimit.signal]),
      });
      return { status: response.status, headers: response.headers, body: mask(await readText(response)) };
    } catch (thrown) {
      if (signal.aborted) throw stopped(signal);
      if (timeLimit.signal.aborted) {
        throw new AppError("timed-out", `Botify did not answer within ${Math.round(timeLimitMs / 1000)} s.`);
      }
      if (thrown instanceof AppError) throw thrown;
      throw new AppError(
        "unreachable",
        `${request.url.host} could not be reached. Check the network and the API address of the connection.`,
        {
          detail: mask(reasonOf(thrown)),
        },
      );
    } finally {
      callOff();
    }
  };

  return async (question, signal) => {
    for (let tries = 1; ; tries++) {
      await rateLimit.turn(signal);
      const reply = await once(question, question.timeLimitMs ?? usualTimeLimitMs, signal);
      if (reply.status >= 200 && reply.status < 300) return readAnswer(reply.body, question);
      const asked = retryAfterMs(reply.headers.get("retry-after"), reply.headers.get("date"));
      const waitMs = asked ?? Math.min(1_000 * 2 ** (tries - 1), 30_000);
      if (reply.status !== 429 || tries === triesWhenBusy || waitMs > longestBusyWaitMs) {
        throw refusalError({ ...reply, about: question.about, host: question.url.host, retryAfterMs: asked });
      }
      rateLimit.takeBreak(waitMs);
      await sleep(waitMs, signal, clock);
    }
  };
};

interface Reply {
  status: number;
  headers: Headers;
  body: string;
}

const readText = async (response: Response): Promise<string> => {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > largestAnswerBytes)
      throw new AppError("remote-odd", "Botify's answer is larger than 64 MiB, which no answer should be.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const readAnswer = <T extends z.ZodType>(body: string, question: Question<T>): z.output<T> => {
  const odd = (what: string, cause?: unknown) =>
    new AppError(
      "remote-odd",
      `${question.url.host} ${what}. Check the API address of the connection; if it is right, try again later.`,
      {
        cause,
        detail: body.slice(0, 200),
      },
    );
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw odd("answered with something that is no JSON");
  }
  const checked = question.schema.safeParse(json);
  if (!checked.success) {
    const where = checked.error.issues[0]?.path.join(".");
    throw odd(
      `gave an answer about ${question.about} that we do not understand${where ? ` (at “${where}”)` : ""}`,
      checked.error,
    );
  }
  return checked.data;
};

const reasonOf = (thrown: unknown): string => {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && cause.message === "" ? String(cause.code) : cause.message;
};
