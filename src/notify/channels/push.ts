import { ECDH } from "node:crypto";
import { Agent } from "node:https";
import type { LookupFunction } from "node:net";
import { checkTarget, type Reach } from "#connectors/http/reach.ts";
import { retryAfterMs } from "#connectors/http/retry-after.ts";
import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Address, ChannelKind, Outcome } from "#notify/channel.ts";
import { cutBytes } from "#notify/cut-bytes.ts";
import type { Message } from "#notify/message.ts";
import type { PushKeys } from "#notify/push-keys.ts";

export const pushKind = "push";

export interface PushDeps {
  keys(): Promise<PushKeys>;
  /** Whom a push service may write to: an https address of ours, or mailto:. Apple takes no other (RFC 8292, 2.1). */
  subject(): string;
  /** What a browser says is its push service is foreign: only public addresses are reached, by name as by number. */
  reach: Reach;
  lookup: LookupFunction;
}

/** One record of RFC 8188 holds 3,993 bytes, and push services take no second one. */
const longestBytes = 3_900;
const timeoutMs = 20_000;
const longestTtl = 28 * 24 * 3_600;

/** Web Push to one browser, encrypted for it (RFC 8030, 8291, 8292). A message with the same tag takes the place of the one before. */
export const createPushChannel = (deps: PushDeps): ChannelKind => ({
  kind: pushKind,
  title: "Browser or phone",
  about: "Notifications of this browser, also while no page of Milepost is open.",
  through: null,
  fields: [
    { name: "endpoint", label: "Push service", required: true, secret: true },
    { name: "p256dh", label: "Key of the browser", required: true, secret: true },
    { name: "auth", label: "Secret of the browser", required: true, secret: true },
  ],
  can: { edits: true, idempotent: true, buttons: 1, leastGapMs: 0 },
  from: "push",
  usualWants: { live: false },
  check: checked,
  shown: () => "",
  send: (message, to, signal) => push(deps, message, to, signal),
  edit: (message, _remote, to, signal) => push(deps, message, to, signal),
});

const checked = ({ endpoint = "", p256dh = "", auth = "" }: ConnectionValues): ConnectionValues => {
  const isWhole = isKey(p256dh) && Buffer.from(auth, "base64url").length === 16;
  if (URL.canParse(endpoint) && new URL(endpoint).protocol === "https:" && isWhole)
    return { endpoint, p256dh, auth };
  throw new AppError(
    "bad-input",
    "This is no subscription of a browser. Press the button in the browser itself.",
    {
      field: "endpoint",
    },
  );
};

/** A point of the curve that browsers make their keys on (RFC 8291, 3.1), not compressed. */
const isKey = (p256dh: string): boolean => {
  const bytes = Buffer.from(p256dh, "base64url");
  try {
    ECDH.convertKey(bytes, "prime256v1");
  } catch {
    return false;
  }
  return bytes.length === 65;
};

const push = async (
  { keys, subject, reach, lookup }: PushDeps,
  message: Message,
  { values: { endpoint = "", p256dh = "", auth = "" } }: Address,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { default: webPush } = await import("web-push");
  const { publicKey, privateKey } = await keys();
  const agent = new Agent({ lookup, keepAlive: false });
  const end = () => agent.destroy();
  signal.addEventListener("abort", end, { once: true });
  try {
    // A number is never looked up.
    checkTarget(new URL(endpoint), reach);
    await webPush.sendNotification({ endpoint, keys: { p256dh, auth } }, payloadOf(message), {
      vapidDetails: { subject: subject(), publicKey, privateKey },
      TTL: ttlOf(message),
      urgency: message.urgency === "urgent" ? "high" : message.urgency === "quiet" ? "low" : "normal",
      topic: message.id.slice(0, 32),
      timeout: timeoutMs,
      agent,
    });
    return { was: "delivered", remote: message.id };
  } catch (thrown) {
    return outcomeOf(thrown as PushError, new URL(endpoint).host);
  } finally {
    signal.removeEventListener("abort", end);
    agent.destroy();
  }
};

const ttlOf = ({ expiresAt, at }: Message): number =>
  expiresAt === null ? longestTtl : Math.min(longestTtl, Math.max(60, Math.round((expiresAt - at) / 1_000)));

/** What static/push-worker.js shows. */
const payloadOf = (message: Message): string => {
  const { id, title, sentence, lines, facts, links, buttons, urgency, percent } = message;
  const head = percent === null ? sentence : `${sentence} (${percent} %)`;
  const text = [head, ...lines, ...facts.map(({ label, value }) => `${label}: ${value}`)].join("\n");
  const approve = buttons.find(({ verb }) => verb === "approve");
  const made = (body: string) =>
    JSON.stringify({
      tag: id,
      title: cutBytes(title, 300),
      body,
      url: links[0]?.href ?? null,
      approve: approve?.act ?? null,
      loud: urgency === "urgent",
      silent: urgency === "quiet",
    });
  // As JSON a sign may take several bytes more.
  for (let most = longestBytes; ; most = Math.floor(most * 0.8)) {
    const payload = made(cutBytes(text, most));
    if (Buffer.byteLength(payload) <= longestBytes) return payload;
  }
};

interface PushError extends Error {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: string;
  code?: string;
}

/** Nothing went out: no name, no connection, no TLS, or an address that is none of a push service's. */
const neverLeft =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|CERT|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

const outcomeOf = (thrown: PushError, host: string): Outcome => {
  const { statusCode, headers = {}, body = "", code = "" } = thrown;
  if (thrown instanceof AppError) return { was: "dead", because: thrown.message };
  if (statusCode === undefined) {
    const because = `${host} does not answer: ${code === "" ? thrown.message : code}`;
    return neverLeft.test(code) ? { was: "later", because, afterMs: null } : { was: "ambiguous", because };
  }
  const because = `${host} said ${statusCode}: ${body.slice(0, 200)}`;
  if (statusCode === 404 || statusCode === 410)
    return {
      was: "dead",
      because: "This browser takes no more notifications. Add it again in that browser.",
    };
  if (statusCode === 429) return { was: "later", because, afterMs: retryAfterMs(headers) ?? null };
  // 400 and 403 are about our keys or our address, and no fault of the browser's.
  return statusCode >= 500 ? { was: "ambiguous", because } : { was: "refused", because };
};
