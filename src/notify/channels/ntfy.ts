import { randomBytes } from "node:crypto";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import type { Address, ChannelKind, Outcome } from "#notify/channel.ts";
import { cutBytes } from "#notify/cut-bytes.ts";
import type { Message } from "#notify/message.ts";
import { answeredByAnother, answeredSentence, type PostAnswer, postJson } from "./post-json.ts";
import { webAddress } from "./web-address.ts";

/** What is longer becomes an attachment there. */
const longestBytes = 4_000;
/** Android shows no more (ntfy #1667). */
const mostActions = 3;
const topicBytes = 12;

/** ntfy, by its JSON: https://docs.ntfy.sh/publish/#publish-as-json. From version 2.16 on a message can be shown anew. */
export const ntfyChannel: ChannelKind = {
  kind: "ntfy",
  title: "ntfy",
  about: "Notifications on the phone by ntfy.sh or a server of your own, with buttons that decide.",
  through: null,
  fields: [
    { name: "server", label: "Server", preset: "https://ntfy.sh", required: true, secret: false },
    {
      name: "topic",
      label: "Topic",
      help: "Subscribe to it in the app now: it is not shown again. Whoever knows its name can read along and press its buttons, unless the server asks for a token, so it is one that nobody guesses.",
      required: true,
      secret: true,
      given: true,
    },
    {
      name: "token",
      label: "Access token",
      help: "tk_…, where the server asks for one.",
      required: false,
      secret: true,
    },
  ],
  can: { edits: true, idempotent: false, buttons: 2, leastGapMs: 1_000 },
  from: "ntfy",
  // Those servers that are too old to show a message anew would show each edit as another one.
  usualWants: { live: false },
  made: () => ({ topic: `milepost-${randomBytes(topicBytes).toString("hex")}` }),
  check: ({ topic = "", token = "", ...values }) => {
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic.trim()))
      throw new AppError("bad-input", "A topic has up to 64 letters, digits, dashes and underscores.", {
        field: "topic",
      });
    if (!/^[\x21-\x7e]*$/.test(token.trim()))
      throw new AppError("bad-input", "The token holds characters that no token has. Copy it again.", {
        field: "token",
      });
    return {
      server: webAddress(values, "server", "https://ntfy.sh").href,
      topic: topic.trim(),
      token: token.trim(),
    };
  },
  shown: ({ server = "" }) => new URL(server).host,
  send: (message, to, signal) => publish(message, to, signal),
  edit: (message, _remote, to, signal) => publish(message, to, signal),
};

const publish = (
  message: Message,
  { reach, values: { server = "", topic = "", token = "" } }: Address,
  signal: AbortSignal,
): Promise<Outcome> =>
  postJson({
    url: new URL(server),
    reach,
    content: bodyOf(message, topic),
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    secrets: [topic, token].filter((one) => one !== ""),
    signal,
    means: (answer) => meaning(message, answer),
  });

const takenShape = z.object({ event: z.literal("message"), sequence_id: z.string().optional() });

const meaning = ({ id }: Message, answer: PostAnswer): Outcome => {
  const { status, json } = answer;
  if (status === 200) {
    const made = takenShape.safeParse(json).data;
    if (made === undefined) return answeredByAnother(answer, "ntfy");
    // An older server takes the id of the sequence, says nothing of it, and would show an edit as another message.
    return { was: "delivered", remote: made.sequence_id === id ? id : null };
  }
  const because = answeredSentence(answer);
  return status === 400 || status === 413 ? { was: "refused", because } : { was: "dead", because };
};

const bodyOf = (message: Message, topic: string) => {
  const { id, title, sentence, lines, facts, links, buttons, urgency, percent } = message;
  const [page] = links;
  const text = [sentence, ...lines, ...facts.map(({ label, value }) => `${label}: ${value}`)].join("\n");
  const decide = buttons.flatMap(({ label, act }) =>
    act === null ? [] : [{ action: "http", label, url: act, method: "POST", clear: true }],
  );
  const open = page === undefined ? [] : [{ action: "view", label: "Open", url: page.href }];
  return {
    topic,
    sequence_id: id,
    title: percent === null ? title : `${title} (${percent} %)`,
    message: cutBytes(text, longestBytes),
    priority: urgency === "urgent" ? 4 : urgency === "quiet" ? 2 : 3,
    ...(page === undefined ? {} : { click: page.href }),
    actions: [...decide, ...open].slice(0, mostActions),
  };
};
