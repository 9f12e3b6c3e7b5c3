import { z } from "zod";
import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { NetworkError } from "#connectors/http/network-error.ts";
import type { Reach } from "#connectors/http/reach.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import { parseJson } from "#core/parse-json.ts";
import { createMask } from "#core/secret-forms.ts";
import type { Outcome } from "#notify/channel.ts";
import { withoutAnswer } from "./no-answer.ts";

/** What the other side answered. */
export interface PostAnswer {
  status: number;
  /** As it came; undefined when it is none. */
  json: unknown;
  /** A page for people: no hook answers so. */
  isPage: boolean;
  /** Where it sends us on to, when it does: never followed. Without our secrets. */
  leadsTo: string | null;
  /** What it says for people, without our secrets: of JSON what is called a message there, of a page nothing. */
  words: string;
  host: string;
}

export interface Posting<O> {
  method?: "POST" | "PATCH";
  url: URL;
  reach: Reach;
  content: unknown;
  headers?: Readonly<Record<string, string>>;
  /** What must not show in any sentence. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** What an answer means; a limit of rate and the other side's own trouble are dealt with before. */
  means(answer: PostAnswer): O | Outcome;
}

const whoseReach =
  "Channels of those who are no admins reach public addresses, and servers to which an admin's channel leads.";
const timeLimitMs = 20_000;
const largestAnswerBytes = 256 * 1024;

/** Sends JSON once, follows no redirect, and says what became of it. Throws only what is our own mistake, or AppError("cancelled"). */
export const postJson = async <O = never>(posting: Posting<O>): Promise<O | Outcome> => {
  const { url, reach, method = "POST", content, headers = {}, secrets, signal, means } = posting;
  const asked = openGuardedFetch({ reach });
  const mask = createMask(secrets);
  try {
    const answer = await asked.post({
      ...{ url, method, signal, timeLimitMs },
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(content),
    });
    const { bytes } = await answer.read(largestAnswerBytes);
    const body = bytes.toString("utf8");
    const { status } = answer;
    const { host } = url;
    const json = parseJson(body);
    const isPage = /^\s*<(?:!doctype|html|\?xml)/i.test(body);
    const words = mask(isPage ? "" : wordsIn(json) || body)
      .replace(/\s+/g, " ")
      .trim();
    const to = status >= 300 && status < 400 ? answer.headers.location : undefined;
    const leadsTo = typeof to === "string" ? mask(to).slice(0, 200) : null;
    const answered = { status, json, isPage, leadsTo, words: words.slice(0, 200), host };
    if (status === 429 || (status === 503 && answer.headers["retry-after"] !== undefined))
      return {
        was: "later",
        because: `${host} takes no more for now${asSaid(answered.words)}`,
        afterMs: longest(retryAfterMs(answer.headers), pauseIn(json)),
      };
    if (status >= 500) return { was: "ambiguous", because: answeredSentence(answered) };
    return means(answered);
  } catch (thrown) {
    const outcome = withoutAnswer(thrown);
    const isKeptOut = reach === "public" && thrown instanceof NetworkError && thrown.why === "out-of-reach";
    return isKeptOut ? { was: "dead", because: `${thrown.message} ${whoseReach}` } : outcome;
  } finally {
    await asked.close();
  }
};

const secondsShape = z.object({
  retry_after: z.number().nonnegative().optional(),
  parameters: z.object({ retry_after: z.number().nonnegative() }).optional(),
});

/** Some say in the body only how long they want to be left alone, in seconds: milliseconds. */
const pauseIn = (json: unknown): number | undefined => {
  const { retry_after: seconds, parameters } = secondsShape.safeParse(json).data ?? {};
  const said = seconds ?? parameters?.retry_after;
  return said === undefined ? undefined : Math.ceil(said * 1_000);
};

const longest = (...pauses: (number | undefined)[]): number | null => {
  const said = pauses.filter((one) => one !== undefined);
  return said.length === 0 ? null : Math.max(...said);
};

const noShape = z.union([
  z.object({ ok: z.literal(false) }),
  z.object({ success: z.literal(false) }),
  z.object({ status: z.literal("error") }),
  z.object({ error: z.string().min(1) }),
]);

/** A hook that takes what it is sent has it; some say with a good status that they have not. */
export const takenByHook = (answer: PostAnswer, title: string): Outcome => {
  if (answer.isPage) return answeredByAnother(answer, title);
  return noShape.safeParse(answer.json).success
    ? { was: "refused", because: answeredSentence(answer) }
    : { was: "delivered", remote: null };
};

/** "discord.com answered with status 404: Unknown Webhook", as a sentence of a refusal. */
export const answeredSentence = ({ host, status, words, leadsTo }: PostAnswer): string =>
  leadsTo === null
    ? `${host} answered with status ${status}${asSaid(words)}`
    : `${host} sends us on to ${leadsTo} (status ${status}), which is not followed. Give the address that it leads to.`;

/** Somebody else answers there: a sign-in of a network, a proxy, another program. The message is certainly not taken. */
export const answeredByAnother = ({ host }: PostAnswer, title: string): Outcome => ({
  was: "later",
  because: `${host} answered, but not as ${title} does. Look whether the address is right.`,
  afterMs: null,
});

const sayings: ReadonlySet<string> = new Set([
  ...["message", "error", "description", "error_description", "errorDescription", "detail", "reason"],
]);

const wordsIn = (json: unknown): string => [...new Set(saidIn(json))].join("; ");

const deepest = 5;

/** All that is called a message or the like. */
const saidIn = (json: unknown, depth = 0): string[] =>
  json instanceof Object && depth < deepest
    ? Object.entries(json).flatMap(([name, value]) =>
        typeof value === "string" ? (sayings.has(name) ? [value] : []) : saidIn(value, depth + 1),
      )
    : [];

const asSaid = (words: string): string => (words === "" ? "." : `: ${words}`);
