import type { IncomingHttpHeaders } from "node:http";
import { Agent } from "undici";
import type { z } from "zod";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";
import { createMask } from "#core/secret-forms.ts";
import { readBody } from "./body.ts";
import { type Asked, misdirection, type Question, type Reply, readAnswer } from "./json-answer.ts";
import { NetworkError, networkError } from "./network-error.ts";
import { checkTarget, createLookup, type Resolve } from "./reach.ts";
import { retryAfterMs } from "./retry-after.ts";
import { usualHeaders } from "./usual-headers.ts";
import { sleep, stopped, systemClock } from "./waiting.ts";

/** Asks one question and gives the checked answer. */
export type Ask = <T extends z.ZodType>(question: Question<T>, signal: AbortSignal) => Promise<z.output<T>>;

/** An answer that is neither 2xx nor a redirect. */
export interface Refusal {
  status: number;
  /** The beginning of its body as text, without our secrets. */
  body: string;
  /** The same read as JSON; undefined when it is none. */
  json: unknown;
  about: string;
  host: string;
  /** Asked for by its Retry-After, whatever the status. */
  retryAfterMs: number | undefined;
}

export interface Failure {
  error: AppError;
  /** Of the answer; null when none came. */
  status: number | null;
  retryAfterMs: number | undefined;
  /** This was the nth try, from 1. */
  tries: number;
  repeatable: boolean;
}

export interface JsonClientOptions {
  /** The headers that sign each request. */
  headers: Readonly<Record<string, string>>;
  /** What must not show in any error. */
  secrets: readonly string[];
  /** The word between “Asked” and a question's `about`. */
  lead: "about" | "to";
  /** The way on where the address may be wrong: "Check the API address of the connection." */
  advice: string;
  /** Follows the sentence of a time-out. */
  afterTimeOut?: string;
  timeLimitMs: number;
  /** Far above any real answer; counted decoded. */
  largestAnswerBytes: number;
  /** Of an answer in all; 100,000 where it is not said. To read and check more holds up whoever else waits for this process. */
  mostValues?: number;
  /** The other system's own words for what went wrong. */
  refused(refusal: Refusal): AppError;
  /** Milliseconds after which the same is asked again, or null to give up. Without it nothing is. */
  again?(failure: Failure): number | null;
  /** Resolves when the next request may leave. */
  turn?(signal: AbortSignal): Promise<void>;
  clock?: Clock;
  resolve?: Resolve;
}

/** Each word of a streamed answer comes in so much more that says nothing. */
const timesWrapped = 8;

/** What a person reads of a refusal is far shorter. */
const largestRefusalBytes = 64 * 1024;

/**
 * The one place where requests leave for a system that a person connected: it may lie in one's own network. No redirect is followed, so
 * that the key goes nowhere else. Throws AppError: what `refused` gives, "unreachable", "timed-out", "remote-odd" for an answer that
 * is none, "remote-refused" for an address where nobody may ask, "cancelled".
 */
export const createJsonClient = (options: JsonClientOptions): Ask => {
  const { timeLimitMs, again = () => null, turn, clock = systemClock } = options;
  const mask = createMask(options.secrets);
  // It has no end of its own: its connections close when nobody asks for some seconds.
  const agent = new Agent({
    allowH2: false,
    connect: { lookup: createLookup("anywhere", { resolve: options.resolve }) },
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const once = async (question: Question<z.ZodType>, signal: AbortSignal): Promise<Reply> => {
    const { url, method, about } = question;
    const limitMs = question.timeLimitMs ?? timeLimitMs;
    const timeLimit = new AbortController();
    const late = () => timeLimit.abort();
    let callOff = clock.after(limitMs, late);
    let lateWords = "did not answer within";
    try {
      checkTarget(url, "anywhere");
      const { statusCode, headers, body } = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: {
          ...usualHeaders,
          accept: question.gather === undefined ? "application/json" : "text/event-stream, application/json",
          ...(question.body === undefined ? {} : { "content-type": "application/json" }),
          ...question.headers,
          ...options.headers,
        },
        ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
        signal: AbortSignal.any([signal, timeLimit.signal]),
      });
      const good = isGood(statusCode);
      const gather = good && isEventStream(headers) ? question.gather : undefined;
      const wrapping = gather === undefined ? 1 : timesWrapped;
      const most = good ? options.largestAnswerBytes * wrapping : largestRefusalBytes;
      const decoder = new TextDecoder();
      const { bytes, whole } = await readBody(body, headers, most, (chunk) => {
        if (gather === undefined) return;
        lateWords = "said nothing more for";
        callOff();
        callOff = clock.after(limitMs, late);
        gather.take(decoder.decode(chunk, { stream: true }));
      });
      if (good && !whole) throw tooLarge(url, most);
      const text = gather === undefined ? bytes.toString("utf8") : JSON.stringify(gather.whole());
      return { status: statusCode, headers, body: mask(text) };
    } catch (thrown) {
      if (signal.aborted) throw stopped(signal);
      if (timeLimit.signal.aborted) {
        const sentence = `Asked ${options.lead} ${about}, ${url.host} ${lateWords} ${Math.ceil(limitMs / 1_000)} s.`;
        throw new AppError("timed-out", [sentence, options.afterTimeOut ?? ""].join(" ").trim());
      }
      if (thrown instanceof AppError && !(thrown instanceof NetworkError)) throw thrown;
      throw networkError(thrown, url, options.advice);
    } finally {
      callOff();
    }
  };

  return async (question, signal) => {
    const { method, url, about, repeatable = method === "GET" } = question;
    const { lead, advice, mostValues } = options;
    const asked: Asked = { url, about: `${lead} ${about}`, advice, mostValues };
    for (let tries = 1; ; tries++) {
      await turn?.(signal);
      let reply: Reply | null = null;
      try {
        reply = await once(question, signal);
        if (isGood(reply.status)) return readAnswer(reply, question, asked);
        const { status, headers, body } = reply;
        const elsewhere = misdirection(reply, asked, mask);
        if (elsewhere !== null) throw elsewhere;
        throw options.refused({
          status,
          body,
          json: parseJson(body),
          about,
          host: url.host,
          retryAfterMs: retryAfterMs(headers),
        });
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        const told = {
          status: reply?.status ?? null,
          retryAfterMs: reply === null ? undefined : retryAfterMs(reply.headers),
        };
        // An answer that is no refusal, a maintenance page say, asks for it just as well.
        thrown.retryAfterMs ??= told.retryAfterMs;
        const restMs = again({ error: thrown, ...told, tries, repeatable });
        if (restMs === null) throw thrown;
        await sleep(restMs, signal, clock);
      }
    }
  };
};

const isEventStream = (headers: IncomingHttpHeaders): boolean =>
  /^text\/event-stream\b/i.test(headers["content-type"] ?? "");

const isGood = (status: number): boolean => status >= 200 && status < 300;

const tooLarge = ({ host }: URL, mostBytes: number): AppError =>
  new AppError(
    "remote-odd",
    `The answer of ${host} is larger than ${Math.round(mostBytes / 1024 / 1024)} MiB, which no answer should be.`,
  );
