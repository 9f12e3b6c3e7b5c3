import type { GuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { AppError } from "#core/errors.ts";
import type { Address, ChannelKind, Outcome } from "#notify/channel.ts";
import { cutBytes } from "#notify/cut-bytes.ts";
import type { Message } from "#notify/message.ts";
import { type Answer, askedPauseMs, checkedUrl, post, saidBy } from "#notify/post.ts";

/** What is longer becomes an attachment there. */
const longestBytes = 4_000;
/** Android shows no more (ntfy #1667). */
const mostActions = 3;
/** Its daily quota is over for today, and whoever goes on asking is banned (ntfy #1844). */
const quotaCode = 42908;
const quotaMs = 6 * 3_600_000;

/** ntfy, by its JSON: https://docs.ntfy.sh/publish/#publish-as-json. From version 2.16 on a message can be shown anew. */
export const createNtfyKind = (fetch: Pick<GuardedFetch, "post">): ChannelKind => ({
  kind: "ntfy",
  title: "ntfy",
  about: "Notifications on the phone by ntfy.sh or a server of your own, with buttons that decide.",
  through: null,
  fields: [
    { name: "server", label: "Server", preset: "https://ntfy.sh", required: true, secret: false },
    {
      name: "topic",
      label: "Topic",
      help: "Whoever knows its name can read along and press its buttons, unless the server asks for a token: choose one that nobody guesses.",
      required: true,
      secret: true,
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
  // Those servers that are too old to show a message anew would show each edit as another one.
  usualWants: { live: false },
  check: ({ server = "", topic = "", token = "" }) => {
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic.trim()))
      throw new AppError("bad-input", "A topic has up to 64 letters, digits, dashes and underscores.", {
        field: "topic",
      });
    if (!/^[\x21-\x7e]*$/.test(token.trim()))
      throw new AppError("bad-input", "The token holds characters that no token has. Copy it again.", {
        field: "token",
      });
    return { server: checkedUrl(server, "server"), topic: topic.trim(), token: token.trim() };
  },
  shown: ({ server = "" }) => new URL(server).host,
  send: (message, to, signal) => publish(fetch, message, to, signal),
  edit: (message, _remote, to, signal) => publish(fetch, message, to, signal),
});

const publish = async (
  fetch: Pick<GuardedFetch, "post">,
  message: Message,
  { values: { server = "", topic = "", token = "" } }: Address,
  signal: AbortSignal,
): Promise<Outcome> => {
  const at = new URL(server);
  const headers = {
    "content-type": "application/json",
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await post(fetch, at, headers, JSON.stringify(bodyOf(message, topic)), signal);
  if ("was" in answer) return answer;
  const said = readAnswer(answer);
  if (answer.status === 200)
    // An older server takes the id of the sequence, says nothing of it, and would show an edit as another message.
    return { was: "delivered", remote: said.sequence_id === message.id ? message.id : null };
  const because = saidBy(at, answer, said.error ?? answer.text).replaceAll(topic, "•••");
  if (answer.status === 429)
    return {
      was: "later",
      because,
      afterMs: askedPauseMs(answer) ?? (said.code === quotaCode ? quotaMs : 60_000),
    };
  if (answer.status === 400 || answer.status === 413) return { was: "refused", because };
  if (answer.status < 500) return { was: "dead", because };
  return { was: "ambiguous", because };
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

const readAnswer = ({ text }: Answer): { sequence_id?: unknown; code?: unknown; error?: string } => {
  try {
    const read: unknown = JSON.parse(text);
    return read instanceof Object ? (read as ReturnType<typeof readAnswer>) : {};
  } catch {
    return {};
  }
};
