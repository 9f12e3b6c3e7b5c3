import type { MessageKind } from "#core/notify.ts";

/** What somebody is told, as data: each channel draws it in its own way and within its own limits. Texts are plain, never markup. */
export interface Message {
  /** The same at every try and every edit; of one that is to be shown instead of another, of that one. */
  id: string;
  /** `test` is what the test button sends. */
  kind: MessageKind | "test";
  urgency: "urgent" | "normal" | "quiet";
  /** Of which run: "Generate an app: Cellphone Store CRM". It stays the same from the first message of a run to the last. */
  title: string;
  /** What happened, one sentence or a few: "Approval required for step 3: Install packages." */
  sentence: string;
  /** Parts and what became of them, one a line: "✓ Customer list". */
  lines: readonly string[];
  facts: readonly { label: string; value: string }[];
  /** 0 to 100; null where it is not known or is of no interest. */
  percent: number | null;
  /** The page of the run first. Absolute; none where Milepost does not know by which address people reach it. */
  links: readonly { label: string; href: string }[];
  /** Empty once it is decided, wherever that was. */
  buttons: readonly Button[];
  /** What belongs together, and which is the first of it; null: it stands for itself. */
  thread: { id: string; first: boolean } | null;
  /** From then on it tells nothing of use: how long somebody may hold it for a phone that is off. */
  expiresAt: number | null;
  at: number;
}

export const verbs = ["approve", "reject"] as const;
/** What a button decides. */
export type Verb = (typeof verbs)[number];

/** Whether it tells of a question that is open: then it can be answered by whoever gets it, here or on its page. */
export const isOpenQuestion = ({ kind, urgency }: Pick<Message, "kind" | "urgency">): boolean =>
  kind === "needs-you" && urgency === "urgent";

/**
 * What a button is given that begins an answer in the conversation where it stands, and how it is called. Of a decision it is where a comment
 * goes along, or where something else than yes and no can be said.
 */
const begins = "answer.";
export const answerHere = ({ id }: Pick<Message, "id">): string => `${begins}${id}`;
/** The id of that message; null: it is another button's. */
export const answeredHere = (data: string): string | null =>
  data.startsWith(begins) ? data.slice(begins.length) : null;
export const answerHereLabel = ({ buttons }: Pick<Message, "buttons">): string =>
  buttons.length === 0 ? "Answer here" : "Say more";

/** A decision that can be taken from afar. What is of high risk has none: its page is linked instead. */
export interface Button {
  verb: Verb;
  label: string;
  /** For the other side to give back (`Decisions.press`): at most 64 bytes of [A-Za-z0-9._-], good for this person, question and verb only. */
  token: string;
  /** A page with a button: a GET never acts. Null as with links. */
  page: string | null;
  /** Acts when it is POSTed to, without a session; for apps that do so by themselves. */
  act: string | null;
}
