import type { IncomingHttpHeaders } from "node:http";
import type { GuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { NetworkError, type Why } from "#connectors/http/network-error.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import { AppError } from "#core/errors.ts";
import type { Outcome } from "./channel.ts";

/** What answered. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const mostBytes = 16_384;
const timeLimitMs = 30_000;

/** Nothing of it can have arrived. */
const before: ReadonlySet<Why> = new Set(["dns", "refused", "tls"]);

/** Posts once and gives the answer, or what it means that none came. No redirect is followed. */
export const post = async (
  fetch: Pick<GuardedFetch, "post">,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Answer | Outcome> => {
  try {
    const answer = await fetch.post({ url, headers, body, timeLimitMs, signal });
    const { bytes } = await answer.read(mostBytes);
    return { status: answer.status, headers: answer.headers, text: bytes.toString("utf8") };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal" || signal.aborted) throw thrown;
    const because = thrown.message;
    if (thrown instanceof NetworkError && before.has(thrown.why))
      return { was: "later", because, afterMs: null };
    if (thrown instanceof NetworkError && (thrown.why === "out-of-reach" || thrown.why === "plain-http"))
      return { was: "dead", because };
    return { was: "ambiguous", because };
  }
};

/** How long an answer asks to be left alone. Milliseconds. */
export const askedPauseMs = ({ headers }: Answer): number | null => retryAfterMs(headers) ?? null;

/** "ntfy.sh said 403: forbidden". */
export const saidBy = ({ host }: URL, { status }: Answer, words: string): string => {
  const said = words.replace(/\s+/g, " ").trim().slice(0, 300);
  return `${host} said ${status}${said === "" ? "." : `: ${said}`}`;
};

/** Throws AppError("bad-input") for what is no address that Milepost may post to. */
export const checkedUrl = (typed: string, field: string): string => {
  const wrong = (why: string) => new AppError("bad-input", why, { field });
  const text = typed.trim();
  if (!URL.canParse(text)) throw wrong("That is no web address. It begins with https:// or http://.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw wrong("The address must begin with https:// or http://.");
  if (url.username !== "" || url.password !== "" || url.hash !== "")
    throw wrong("Leave user name, password and what follows a # out of the address.");
  return url.href;
};
