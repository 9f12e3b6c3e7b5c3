import { createHmac, randomBytes } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { answeredSentence, type PostAnswer, postJson } from "./post-json.ts";
import { webAddress } from "./web-address.ts";

const prefix = "whsec_";
const shortestKey = 24;
const longestKey = 64;
const newKey = 32;

/** Signed calls by Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const createWebhookChannel = (now: () => number): ChannelKind => ({
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
      help: "Give it to the other side now: it is not shown again. One of yours is whsec_, and behind it what “openssl rand -base64 32” prints.",
      required: true,
      secret: true,
      given: true,
    },
    {
      name: "former",
      label: "Former secret",
      help: "While you change the secret: calls are signed with both as long as this one is here.",
      required: false,
      secret: true,
    },
  ],
  can: { edits: false, idempotent: true, buttons: 0, leastGapMs: 0, oneByOne: true },
  usualWants: { overMs: 0 },
  made: () => ({ secret: `${prefix}${randomBytes(newKey).toString("base64")}` }),
  check: ({ secret = "", former = "", ...values }) => ({
    url: webAddress(values, "url", "https://example.org/hooks/milepost").href,
    secret: checkedSecret(secret, "secret"),
    former: former.trim() === "" ? "" : checkedSecret(former, "former"),
  }),
  shown: ({ url = "" }) => url,
  send: (message, { reach, values: { url = "", secret = "", former = "" } }, signal) => {
    const content = bodyOf(message);
    const seconds = Math.floor(now() / 1_000);
    const secrets = [secret, former].filter((one) => one !== "");
    const signed = `${message.id}.${seconds}.${JSON.stringify(content)}`;
    return postJson({
      url: new URL(url),
      reach,
      content,
      headers: {
        "webhook-id": message.id,
        "webhook-timestamp": String(seconds),
        "webhook-signature": secrets.map((one) => sign(one, signed)).join(" "),
      },
      secrets,
      signal,
      means: meaning,
    });
  },
});

/** The receiver knows the call by its id, so whatever it made of it, it may be called again. */
const meaning = (answer: PostAnswer): Outcome => {
  const { status } = answer;
  if (status >= 200 && status < 300) return { was: "delivered", remote: null };
  const because = answeredSentence(answer);
  return status === 410 ? { was: "dead", because } : { was: "later", because, afterMs: null };
};

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
