import type { AccessBook } from "#core/access.ts";
import { type Answerers, answerRefusal, isNamed } from "#core/answerers.ts";
import { isDoneBy } from "#core/from-afar.ts";
import type { Notice } from "#core/notice.ts";
import type { Channel, MessageKind, TellingPreferences } from "#core/notify.ts";
import type { Person } from "#core/people.ts";
import { can, everything } from "#core/rights.ts";
import type { Run } from "#core/run.ts";

/** What decides who is told. */
export interface Audience {
  run: Pick<Run, "workflowId" | "starter" | "changers" | "cancel">;
  /** Whom the question names that a notice is about. */
  answerers: Answerers | undefined;
  person: Pick<Person, "id" | "name" | "role">;
  said: TellingPreferences;
  /** What they said of this very run; null: nothing. */
  bell: boolean | null;
  access: AccessBook;
  /** Who did it, where somebody did. */
  by: string | null;
}

/** Whether somebody is told of this: they may see the run, it is theirs to hear of, and they did not do it themselves. */
export const isTold = (kind: Notice["kind"], of: Audience): boolean => {
  const { run, person, bell, said, access, answerers } = of;
  const { workflowId, starter } = run;
  const doer = { person, scope: everything, access };
  if (!can(doer, "read", { workflowId, starter })) return false;
  const by = kind === "cancelled" ? (run.cancel?.by ?? null) : kind === "failed" ? of.by : null;
  if (by !== null && isDoneBy(by, person.name)) return false;
  const follows = said.workflows[workflowId] ?? "mine";
  if (kind === "needs-you") {
    const form = answerers === undefined ? {} : { answerers };
    if (answerRefusal(person, form, run) !== null) return false;
    if (!can(doer, "answer", { workflowId, starter, asks: answerers })) return false;
    if (bell ?? follows === "all") return true;
    return follows !== "none" && bell !== false && (starter === person.id || isAsked(person, answerers));
  }
  if (bell !== null) return bell;
  return follows === "all" || (follows === "mine" && starter === person.id);
};

const isAsked = (person: Audience["person"], answerers: Answerers | undefined): boolean =>
  answerers !== undefined && isNamed(person, answerers);

/** As which message a notice reaches somebody; null: as none, at most as an edit of another one. */
export const messageFor = (kind: Notice["kind"]): MessageKind | null => {
  switch (kind) {
    case "started":
      return "live";
    case "answered":
      return null;
    case "undone":
      return "cancelled";
    case "needs-you":
    case "failed":
    case "finished":
    case "cancelled":
    case "slow":
      return kind;
    default:
      return kind satisfies never;
  }
};

/** Whether a channel is one for such messages at all. */
export const takes = ({ state, wants }: Pick<Channel, "state" | "wants">, kind: MessageKind): boolean => {
  if (state !== "on") return false;
  return kind === "broken" || kind === "digest" || wants[kind];
};
