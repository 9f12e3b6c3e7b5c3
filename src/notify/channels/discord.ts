import { z } from "zod";
import type { Address, ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { cutText } from "./cut-text.ts";
import { answeredByAnother, answeredSentence, type PostAnswer, postJson } from "./post-json.ts";
import { secretsIn, webAddress } from "./web-address.ts";

const example = "https://discord.com/api/webhooks/…/…";
/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits; all of an embed together has at most 6,000. */
const longest = { content: 2_000, description: 3_000, name: 100, value: 250 };
const mostFacts = 8;
const mostLinks = 5;

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const codes = { unknownWebhook: 10_015, unknownMessage: 10_008, editedTooOften: 30_046, badToken: 50_027 };
const told = z.object({ code: z.number().optional(), message: z.string().optional() });
const sentShape = z.object({ id: z.string() });

export const discordChannel: ChannelKind = {
  kind: "discord",
  title: "Discord",
  about:
    "Posts into one channel of Discord, and follows each run in one message. Answers are given on the run's page.",
  through: null,
  fields: [
    {
      name: "url",
      label: "Address of the webhook",
      help: "In Discord: the channel's settings, “Integrations”, “Webhooks”. Whoever knows it can post there, so it is kept sealed.",
      placeholder: example,
      required: true,
      secret: true,
    },
    {
      name: "thread",
      label: "Thread",
      help: "Its number, where it is to go into one.",
      required: false,
      secret: false,
    },
  ],
  can: { edits: true, idempotent: false, buttons: 0, leastGapMs: 3_000 },
  check: (values) => ({ url: webAddress(values, "url", example).href, thread: (values.thread ?? "").trim() }),
  shown: ({ thread = "" }) => (thread === "" ? "a webhook" : `a webhook, thread ${thread}`),
  // Without `wait` a message that was not kept is no error.
  send: (message, to, signal) =>
    post(message, to, signal, { path: "", wait: true }, (answer) => {
      const made = sentShape.safeParse(answer.json).data;
      return made === undefined
        ? answeredByAnother(answer, "Discord")
        : { was: "delivered", remote: made.id };
    }),
  edit: (message, remote, to, signal) =>
    post<{ was: "gone" }>(message, to, signal, { path: `/messages/${remote}`, wait: false }, () => ({
      was: "delivered",
      remote,
    })),
};

const post = async <O>(
  message: Message,
  { reach, values }: Address,
  signal: AbortSignal,
  { path, wait }: { path: string; wait: boolean },
  delivered: (answer: PostAnswer) => Outcome,
): Promise<O | Outcome> => {
  const hook = webAddress(values, "url", example);
  const url = new URL(hook);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  if (wait) url.searchParams.set("wait", "true");
  if (values.thread) url.searchParams.set("thread_id", values.thread);
  return postJson<O>({
    ...{ url, reach, signal, secrets: secretsIn(hook) },
    method: wait ? "POST" : "PATCH",
    content: contentOf(message),
    means: (answer) => {
      const { status, json } = answer;
      if (status >= 200 && status < 300) return delivered(answer);
      const { code } = told.safeParse(json).data ?? {};
      // A message older than an hour takes few edits; the next one tells what this one would have.
      if (code === codes.unknownMessage || code === codes.editedTooOften) return { was: "gone" } as O;
      const because = answeredSentence(answer);
      // Whoever goes on asking a hook that is gone is shut out.
      const isDead =
        [401, 403, 404].includes(status) || code === codes.unknownWebhook || code === codes.badToken;
      return isDead ? { was: "dead", because } : { was: "refused", because };
    },
  });
};

const plainly = (text: string): string => text.replace(/[\\*_~`|>#[\]()@:-]/g, (sign) => `\\${sign}`);

/** A text with its markup disarmed, of at most so many characters once that is done. */
const within = (text: string, most: number): string => {
  for (let room = most; ; ) {
    const whole = plainly(cutText(text, room));
    if (whole.length <= most) return whole;
    room -= Math.max(1, Math.ceil((whole.length - most) / 2));
  }
};

const contentOf = (message: Message) => {
  const { title, sentence, percent, lines, facts, links } = message;
  const led = links
    .slice(0, mostLinks)
    .map(({ label, href }) => `[${within(label, 80)}](<${href.replaceAll(">", "%3E")}>)`);
  const done = percent === null ? [] : [`${percent} % complete`];
  const description = within([...done, ...lines].join("\n"), longest.description);
  const fields = facts.slice(0, mostFacts).map(({ label, value }) => ({
    name: within(label, longest.name) || "–",
    value: within(value, longest.value) || "–",
    inline: true,
  }));
  const tail = led.length === 0 ? "" : `\n${led.join(" · ")}`;
  const room = Math.max(200, longest.content - tail.length);
  return {
    content: `${within(`${title}: ${sentence}`, room)}${tail}`.slice(0, longest.content),
    embeds: description === "" && fields.length === 0 ? [] : [{ description, fields }],
    // A run may be called “@everyone”.
    allowed_mentions: { parse: [] },
  };
};
