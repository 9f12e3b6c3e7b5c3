import type { GuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import { AppError } from "#core/errors.ts";
import { isCrowded, parseJson } from "#core/parse-json.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { createMask } from "#core/secret-forms.ts";
import type { StepContext } from "#core/step-context.ts";
import { manyValues, mostValues } from "#kits/gives.ts";
import type { Answer, Sent, Talk } from "./http-options.ts";

export type Http = Pick<GuardedFetch, "get" | "post">;

const usualLimitMs = 60_000;
const mostBytes = 8 * 1024 * 1024;
const shownChars = 400;

type Context<I, R, K extends string> = Pick<
  StepContext<I, R, K>,
  "input" | "results" | "runId" | "secret" | "signal"
>;

/** Where a request goes. Throws AppError("bad-input"). */
export const addressOf = (to: string, { path = [], query = {} }: Sent): URL => {
  const base = URL.canParse(to) ? new URL(to) : null;
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new AppError("bad-input", `“${to}” is no address by http or https.`);
  // A browser's way of reading addresses takes these for a way up, however they are written.
  for (const part of path)
    if (/^(\.|%2e){1,2}$/i.test(String(part)) || part === "")
      throw new AppError("bad-input", `“${part}” cannot be a part of an address.`);
  const below = path.map((part) => `/${encodeURIComponent(String(part).toWellFormed())}`).join("");
  const at = new URL(base);
  at.pathname = base.pathname.replace(/\/+$/, "") + below || "/";
  for (const [name, value] of Object.entries(query)) at.searchParams.set(name, String(value));
  return at;
};

const toOf = <I, R, K extends string>({ to }: Talk<I, R, K>, ctx: Context<I, R, K>): string =>
  typeof to === "function" ? to(ctx) : to;

/**
 * Sends it and gives the answer: null for 404 and 410 where `maybe` it is not there. Throws AppError "remote-refused", "remote-busy",
 * "remote-failed", or what the guarded fetch throws; never with a header's value in it.
 */
export const send = async <I, R, K extends string>(
  http: Http,
  talk: Talk<I, R, K>,
  sent: Sent,
  ctx: Context<I, R, K>,
  { key, maybe = false }: { key?: string; maybe?: boolean } = {},
): Promise<Answer | null> => {
  const { method = "GET", json } = sent;
  const url = addressOf(toOf(talk, ctx), sent);
  const given = talk.headers?.(ctx) ?? {};
  const headers = {
    accept: "application/json",
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...(key === undefined || method === "GET" ? {} : { "idempotency-key": key }),
    ...given,
  };
  const request = { url, headers, signal: ctx.signal, timeLimitMs: talk.timeoutMs ?? usualLimitMs };
  const body = json === undefined ? "" : JSON.stringify(json);
  const answer = method === "GET" ? await http.get(request) : await http.post({ ...request, method, body });
  const { bytes, whole } = await answer.read(mostBytes);
  const text = bytes.toString("utf8");
  const { status } = answer;
  if (maybe && (status === 404 || status === 410)) return null;
  if (status < 200 || status > 299)
    throw refusal(url.host, status, createMask(Object.values(given))(text), retryAfterMs(answer.headers));
  if (!whole) throw new AppError("remote-odd", `The answer of ${url.host} is larger than can be kept.`);
  const told = parseJson(text, mostValues);
  if (told === undefined && /^\s*[[{]/.test(text) && isCrowded(text, mostValues))
    throw new AppError("remote-odd", `The answer of ${url.host} is JSON of more than ${manyValues}.`, {
      canPass: false,
    });
  return { status, text, json: told };
};

const refusal = (host: string, status: number, text: string, afterMs: number | undefined): AppError => {
  const detail = text.trim() === "" ? {} : { detail: text.slice(0, shownChars) };
  if (status === 429 || status === 503)
    return new AppError("remote-busy", `${host} is busy: it answered ${status}.`, {
      ...detail,
      ...(afterMs === undefined ? {} : { retryAfterMs: afterMs }),
    });
  if (status >= 500) return new AppError("remote-failed", `${host} failed: it answered ${status}.`, detail);
  if (status >= 300 && status < 400)
    return new AppError(
      "remote-odd",
      `${host} sends us elsewhere (${status}), where Milepost does not follow.`,
      detail,
    );
  return new AppError("remote-refused", `${host} refused: it answered ${status}.`, detail);
};

/** What would be asked. */
export const planOf = <I, R, K extends string>(
  talk: Talk<I, R, K>,
  sent: Sent,
  ctx: Context<I, R, K>,
  words: string,
): { lines: PlanLine[] } => {
  const { method = "GET", json } = sent;
  const lines: PlanLine[] = [
    { kind: "words", text: words },
    { kind: "command", text: `${method} ${addressOf(toOf(talk, ctx), sent).href}` },
  ];
  if (json !== undefined) lines.push({ kind: "command", text: JSON.stringify(json) });
  return { lines };
};
