import type { ChannelKind } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { cutText } from "./cut-text.ts";
import { answeredSentence, postJson, takenByHook } from "./post-json.ts";
import { secretsIn, webAddress } from "./web-address.ts";

const example = "https://….logic.azure.com/workflows/…";
/** Power Automate takes 28 KB with all that it adds. */
const longest = { title: 200, sentence: 2_000, lines: 5_000, fact: 300 };
const mostFacts = 10;
const mostLinks = 5;
const dead: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

/** A flow of Power Automate, “When a Teams webhook request is received”: what incoming webhooks of Teams became in 2026. */
export const teamsChannel: ChannelKind = {
  kind: "teams",
  title: "Microsoft Teams",
  about:
    "Posts a card by a flow of Power Automate. Teams accepts each message before it shows it, and never tells whether it did.",
  through: null,
  fields: [
    {
      name: "url",
      label: "Address of the flow",
      help: "In Teams: the channel's “Workflows”, “Send webhook alerts to a channel”. The flow belongs to whoever made it and ends with their account.",
      placeholder: example,
      required: true,
      secret: true,
    },
  ],
  can: { edits: false, idempotent: false, buttons: 0, leastGapMs: 1_000 },
  check: (values) => ({ url: webAddress(values, "url", example).href }),
  shown: () => "a flow of Power Automate",
  send: (message, { reach, values }, signal) => {
    const url = webAddress(values, "url", example);
    return postJson({
      ...{ url, reach, signal, secrets: secretsIn(url) },
      content: cardOf(message),
      means: (answer) => {
        const { status } = answer;
        if (status >= 200 && status < 300) return takenByHook(answer, "Teams");
        const because = answeredSentence(answer);
        return dead.has(status) ? { was: "dead", because } : { was: "refused", because };
      },
    });
  },
};

/** Of Markdown a card's texts know a little; what would be markup is disarmed. */
const plainly = (text: string, most: number): string =>
  cutText(text, most).replace(/[\\*_~`[\]#>]/g, (sign) => `\\${sign}`);

/** https://adaptivecards.io/explorer/, version 1.2 */
const cardOf = ({ title, sentence, percent, lines, facts, links }: Message) => {
  const block = (text: string, more: object = {}) => ({ type: "TextBlock", text, wrap: true, ...more });
  const done = percent === null ? [] : [`${percent} % complete`];
  const told = [...done, ...lines].join("\n\n");
  const body = [
    block(plainly(title, longest.title), { weight: "Bolder", size: "Medium" }),
    block(plainly(sentence, longest.sentence)),
    ...(told === "" ? [] : [block(plainly(told, longest.lines))]),
    ...(facts.length === 0
      ? []
      : [
          {
            type: "FactSet",
            facts: facts.slice(0, mostFacts).map(({ label, value }) => ({
              title: plainly(label, longest.fact),
              value: plainly(value, longest.fact),
            })),
          },
        ]),
  ];
  const actions = links
    .slice(0, mostLinks)
    .map(({ label, href }) => ({ type: "Action.OpenUrl", title: cutText(label, 80), url: href }));
  const content = { type: "AdaptiveCard", version: "1.2", body, actions };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
};
