import { answerHere, answerHereLabel, isOpenQuestion, type Message } from "#notify/message.ts";
import { cutText } from "./cut-text.ts";

/** A text with marks beside it: nothing in it is markup, so nothing has to be escaped and no name can break it. */
export interface Marked {
  text: string;
  entities: { type: "bold" | "text_link"; offset: number; length: number; url?: string }[];
}

/** After https://core.telegram.org/bots/api#sendmessage, in UTF-16 units. */
export const longestText = 4_096;
const longestTitle = 256;
const longestSentence = 1_500;
export const longestButton = 64;
const mostLinks = 3;

/** Telegram makes buttons and links of addresses with a dot in their name only: a localhost is for nobody else. */
export const isPublic = (href: string): boolean => URL.canParse(href) && /\./.test(new URL(href).hostname);

/** What a message is in Telegram; `links` says that its links are told in the text, for a Telegram that takes no buttons of them. */
export const markedText = (message: Message, { links = false } = {}): Marked => {
  const title = cutText(message.title, longestTitle);
  const told = links ? message.links : message.links.filter(({ href }) => !isPublic(href));
  const tail = told.slice(0, mostLinks).map(({ label, href }) => `${label}: ${href}`);
  const facts = message.facts.map(({ label, value }) => `${label}: ${value}`);
  const percent = message.percent === null ? [] : [`${message.percent} % complete`];
  const parts = [cutText(message.sentence, longestSentence), ...percent, ...message.lines, ...facts];
  const end = tail.length === 0 ? "" : `\n${cutText(tail.join("\n"), longestText / 2)}`;
  const text = `${title}\n${parts.filter((part) => part !== "").join("\n")}`.trimEnd();
  const entities: Marked["entities"] =
    title === "" ? [] : [{ type: "bold", offset: 0, length: title.length }];
  return { text: `${cutText(text, longestText - end.length)}${end}`, entities };
};

export interface InlineButton {
  text: string;
  callback_data?: string;
  url?: string;
}

/** The rows of buttons below it: what decides, and what leads on. */
export const buttonRows = (message: Message): InlineButton[][] => {
  const decide = message.buttons.map(({ label, token }) => ({
    text: cutText(label, longestButton),
    callback_data: token,
  }));
  const links = message.links
    .filter(({ href }) => isPublic(href))
    .slice(0, mostLinks)
    .map(({ label, href }) => ({ text: cutText(label, longestButton), url: href }));
  const more = isOpenQuestion(message)
    ? [{ text: answerHereLabel(message), callback_data: answerHere(message) }]
    : [];
  return [[...decide, ...more], links].filter((row) => row.length > 0);
};
