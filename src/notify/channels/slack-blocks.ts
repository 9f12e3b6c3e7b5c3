import { answerHere, answerHereLabel, type Button, isOpenQuestion, type Message } from "#notify/message.ts";
import { cutText } from "./cut-text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks */
export interface Block {
  type: "header" | "section" | "context" | "actions";
  [part: string]: unknown;
}

export interface SlackContent {
  /** What notifications show and screen readers say. */
  text: string;
  blocks: Block[];
}

const longest = { header: 150, section: 3_000, field: 2_000, label: 75 };
const mostFacts = 10;
const mostLinks = 5;

/** Only these three are markup; a text is cut before they are written out, so that none is cut in two. */
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A text as it may stand in Slack's markup, of at most so many characters once it is written out. */
export const escapedText = (text: string, most: number): string => {
  const escaped = (one: string) => one.replace(/[&<>]/g, (sign) => escapes[sign] ?? sign);
  for (let room = most; ; ) {
    const whole = escaped(cutText(text, room));
    if (whole.length <= most) return whole;
    room -= Math.max(1, Math.ceil((whole.length - most) / 5));
  }
};

const section = (text: string): Block[] =>
  text === "" ? [] : [{ type: "section", text: { type: "mrkdwn", text } }];

/** What a message is in Slack. Without `buttons` nothing can be pressed: an incoming webhook hears of no press. */
export const slackContent = (message: Message, { buttons }: { buttons: boolean }): SlackContent => {
  const { title, sentence, lines, facts, percent, links } = message;
  const done = percent === null ? [] : [`${percent} % complete`];
  const led = links.slice(0, mostLinks).map(({ label, href }) => linked(label, href));
  const decide = message.buttons.map(({ label, token, verb }) => ({
    label,
    value: token,
    style: styleOf(verb),
  }));
  const more = isOpenQuestion(message)
    ? [{ label: answerHereLabel(message), value: answerHere(message) }]
    : [];
  const pressed = buttons ? [...decide, ...more] : [];
  return {
    text: escapedText(`${title}: ${sentence}`, longest.section),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cutText(title, longest.header) || "Milepost" } },
      ...section(escapedText(sentence, longest.section)),
      ...section(escapedText([...done, ...lines].join("\n"), longest.section)),
      ...(facts.length === 0
        ? []
        : [
            {
              type: "section" as const,
              fields: facts.slice(0, mostFacts).map(({ label, value }) => ({
                type: "mrkdwn",
                text: escapedText(`${label}: ${value}`, longest.field),
              })),
            },
          ]),
      ...(pressed.length === 0 ? [] : [actions(pressed)]),
      ...section(led.join("  ·  ").slice(0, longest.section)),
    ],
  };
};

const styleOf = (verb: Button["verb"]): "primary" | "danger" => (verb === "approve" ? "primary" : "danger");

/** A row of buttons; what is pressed comes back as its `value`. */
export const actions = (
  all: readonly { label: string; value: string; style?: "primary" | "danger" }[],
): Block => ({
  type: "actions",
  elements: all.slice(0, 25).map(({ label, value, style }, at) => ({
    type: "button",
    action_id: `press-${at}`,
    text: { type: "plain_text", text: cutText(label, longest.label) },
    value,
    ...(style === undefined ? {} : { style }),
  })),
});

/** A link in a text: a button with an address shows a warning for ever where nobody hears of presses. */
export const linked = (label: string, href: string): string =>
  `<${href.replace(/[<>|\s]/g, (sign) => encodeURIComponent(sign))}|${escapedText(label.replaceAll("|", "¦"), 200)}>`;
