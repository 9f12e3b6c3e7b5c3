import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { parseJson } from "#connectors/http/json-answer.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import { createMask } from "#core/secret-forms.ts";
import type { Outcome } from "#notify/channel.ts";
import { withoutAnswer } from "./no-answer.ts";

/** What the other side answered, without our secrets. */
export interface PostAnswer {
  status: number;
  /** Its beginning. */
  body: string;
  /** The same read as JSON; undefined when it is none. */
  json: unknown;
  host: string;
}

export interface Posting<O> {
  method?: "POST" | "PATCH";
  url: URL;
  content: unknown;
  headers?: Readonly<Record<string, string>>;
  /** What must not show in any sentence. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** What an answer means; a limit of rate and the other side's own trouble are dealt with before. */
  means(answer: PostAnswer): O | Outcome;
}

const timeLimitMs = 20_000;
const largestAnswerBytes = 256 * 1024;

/** Sends JSON once, follows no redirect, and says what became of it. Throws only what is our own mistake, or AppError("cancelled"). */
export const postJson = async <O = never>(posting: Posting<O>): Promise<O | Outcome> => {
  const { url, method = "POST", content, headers = {}, secrets, signal, means } = posting;
  // A person typed it in as theirs: at home, perhaps.
  const asked = openGuardedFetch({ reach: "anywhere" });
  const mask = createMask(secrets);
  try {
    const answer = await asked.post({
      ...{ url, method, signal, timeLimitMs },
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(content),
    });
    const { bytes } = await answer.read(largestAnswerBytes);
    const body = mask(bytes.toString("utf8"));
    const { status } = answer;
    const { host } = url;
    if (status === 429 || (status === 503 && answer.headers["retry-after"] !== undefined))
      return {
        was: "later",
        because: `${host} takes no more for now.`,
        afterMs: retryAfterMs(answer.headers) ?? null,
      };
    if (status >= 500) return { was: "ambiguous", because: `${host} answered with status ${status}.` };
    return means({ status, body, json: parseJson(body), host });
  } catch (thrown) {
    return withoutAnswer(thrown);
  } finally {
    await asked.close();
  }
};

/** "discord.com answered: …", as a sentence of a refusal. */
export const answeredSentence = ({ host, status, body }: PostAnswer): string => {
  const words = body.replace(/\s+/g, " ").trim().slice(0, 200);
  return `${host} answered with status ${status}${words === "" ? "." : `: ${words}`}`;
};
