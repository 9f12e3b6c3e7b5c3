import { createHmac } from "node:crypto";
import type { GuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { AppError } from "#core/errors.ts";
import type { ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { askedPauseMs, checkedUrl, post, saidBy } from "#notify/post.ts";

const prefix = "whsec_";
const shortestKey = 24;
const longestKey = 64;

/** Signed calls by Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const createWebhookKind = (fetch: Pick<GuardedFetch, "post">, now: () => number): ChannelKind => ({
  kind: "webhook",
  title: "Webhook",
  about: "Calls an address of yours, signed as Standard Webhooks has it.",
  through: null,
  fields: [
    {
      name: "url",
      label: "Address",
      placeholder: "https://example.org/hooks/milepost",
      required: true,
      secret: false,
    },
    {
      name: "secret",
      label: "Secret",
      help: "Both sides know it: whsec_ and base64 of 24 to 64 bytes. It is not shown again.",
      required: true,
      secret: true,
    },
    {
      name: "former",
      label: "Secret until now",
      help: "While you change the secret: calls are signed with both as long as this one is here.",
      required: false,
      secret: true,
    },
  ],
  can: { edits: false, idempotent: true, buttons: 0, leastGapMs: 0 },
  usualWants: { overMs: 0 },
  check: ({ url = "", secret = "", former = "" }) => ({
    url: checkedUrl(url, "url"),
    secret: checkedSecret(secret, "secret"),
    former: former.trim() === "" ? "" : checkedSecret(former, "former"),
  }),
  shown: ({ url = "" }) => url,
  send: async (message, { values: { url = "", secret = "", former = "" } }, signal) => {
    const at = new URL(url);
    const body = JSON.stringify(bodyOf(message));
    const seconds = Math.floor(now() / 1_000);
    const signed = [secret, former].filter((one) => one !== "");
    const headers = {
      "content-type": "application/json",
      "webhook-id": message.id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": signed.map((one) => sign(one, `${message.id}.${seconds}.${body}`)).join(" "),
    };
    const answer = await post(fetch, at, headers, body, signal);
    if ("was" in answer) return answer;
    const { status } = answer;
    if (status >= 200 && status < 300) return { was: "delivered", remote: null };
    const because = saidBy(at, answer, answer.text);
    if (status === 410) return { was: "dead", because };
    // The receiver knows the call by its id, so whatever it made of it, it may be called again.
    return { was: "later", because, afterMs: askedPauseMs(answer) } satisfies Outcome;
  },
});

const bodyOf = ({ kind, at, thread, title, sentence, facts, percent, links }: Message) => ({
  type: kind === "test" ? "test" : `run.${kind}`,
  timestamp: new Date(at).toISOString(),
  data: { runId: thread?.id ?? null, title, sentence, facts, percent, links },
});

const sign = (secret: string, text: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.slice(prefix.length), "base64"))
    .update(text)
    .digest("base64")}`;

const checkedSecret = (typed: string, field: string): string => {
  const secret = typed.trim();
  const key = Buffer.from(secret.slice(prefix.length), "base64");
  if (secret.startsWith(prefix) && key.length >= shortestKey && key.length <= longestKey) return secret;
  throw new AppError("bad-input", "A secret is whsec_ and base64 of 24 to 64 bytes.", { field });
};
