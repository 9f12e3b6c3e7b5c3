import type { PersonRef, Role } from "./people.ts";

/** Who may answer a question. Of several conditions on who somebody is, one has to hold; without any, everybody may who may answer at all. */
export interface Answerers {
  /** By their ids, or by the names that they were given here. */
  people?: readonly string[];
  roles?: readonly Role[];
  /** So many have to agree, each for themselves. Default: 1. */
  atLeast?: number;
  /** Never the person who started the run, nor one who gave it another input, or an answer, since. */
  notByStarter?: boolean;
}

/**
 * How an answer came: from a page, from a sentence in a chat, from a program with its own session at the API, with a token, from an agent,
 * which has a token too, or from afar.
 */
export type Channel = "page" | "chat" | "API" | "token" | "agent" | FarChannel;

/** Where no page of ours is in front of whoever answers, and no session of theirs. */
export const channelWords = {
  mail: "by mail",
  push: "in a notification",
  ntfy: "in ntfy",
  Telegram: "in Telegram",
  Slack: "in Slack",
} as const;
export type FarChannel = keyof typeof channelWords;
export const farChannels = Object.keys(channelWords) as readonly FarChannel[];

/** That somebody agreed. */
export interface Decision {
  /** The name of the person or of the token. */
  by: string;
  personId: string;
  /** Milliseconds since 1970. */
  at: number;
  channel: Channel;
  comment: string | null;
}

/** A question as far as it says who may answer it, and who did. */
export interface Decided {
  answerers?: Answerers;
  decisions?: readonly Decision[];
}

/** Those that a step's result or question kept; none where nobody decided anything. */
export const decisionsIn = (kept: unknown): readonly Decision[] => {
  const { decisions } = (kept instanceof Object ? kept : {}) as { decisions?: unknown };
  return Array.isArray(decisions) ? decisions.filter(isDecision) : [];
};

const isDecision = (one: unknown): one is Decision =>
  one instanceof Object && "by" in one && "personId" in one && "at" in one && "channel" in one;

/** How many still have to agree before the question is answered. */
export const stillNeeded = ({ answerers = {}, decisions = [] }: Decided): number =>
  Math.max(1, answerers.atLeast ?? 1) - decisions.length;

/** The ids of who started the run, and of those who gave it another input, or an answer, since. */
interface OfRun {
  starter: string;
  changers: readonly string[] | null;
}

/** Why this person may not answer, as a sentence; null: they may. Nobody is above it, admins included. */
export const answerRefusal = (
  person: PersonRef,
  { answerers, decisions = [] }: Decided,
  { starter, changers }: OfRun,
): string | null => {
  if (answerers === undefined) return null;
  if (decisions.some(({ personId }) => personId === person.id))
    return "You have agreed to this already; somebody else has to as well.";
  if (answerers.notByStarter === true && person.id === starter)
    return "You started this run, so somebody else has to answer this.";
  if (answerers.notByStarter === true && changers?.includes(person.id))
    return "You changed the input of this run or answered a question of it, so somebody else has to answer this.";
  const { people = [], roles = [] } = answerers;
  if (people.length === 0 && roles.length === 0) return null;
  if (isNamed(person, answerers)) return null;
  return `This is for ${whoWords(answerers)} to answer.`;
};

/** Whether a question names somebody, by their id, their name or what they are here. */
export const isNamed = (
  { id, name, role, meantBy }: PersonRef,
  { people = [], roles = [] }: Answerers,
): boolean =>
  roles.includes(role) ||
  (meantBy !== "nothing" && people.includes(id)) ||
  (meantBy === undefined && people.includes(name));

/** For whom a question waits: "Ann, Bob or any admin". */
const whoWords = ({ people = [], roles = [] }: Answerers): string => {
  const all = [...people, ...roles.map((role) => `any ${role}`)];
  const last = all.pop() ?? "anybody who may answer";
  return all.length === 0 ? last : `${all.join(", ")} or ${last}`;
};

/** For whom it waits, as a sentence; null where it is for everybody who may answer. */
export const waitsFor = (question: Decided): string | null => {
  const { answerers, decisions = [] } = question;
  if (answerers === undefined) return null;
  const { atLeast = 1, notByStarter = false } = answerers;
  const but = notByStarter
    ? ", but not whoever started this run, changed its input or answered a question of it"
    : "";
  const so = atLeast > 1 ? ` ${decisions.length} of ${atLeast} have agreed.` : "";
  return `It waits for ${whoWords(answerers)}${but}.${so}`;
};
