import { answerRefusal } from "./answerers.ts";
import type { RunPicture, RunSummary, StepPicture } from "./picture.ts";
import { can, type Doer } from "./rights.ts";
import { routes } from "./routes.ts";
import type { KeptWayOn } from "./way-on.ts";

/** What somebody may do with a run as far as it is up to who they are. */
export interface Permits {
  control: boolean;
  undo: boolean;
  /** Start another like it. */
  again: boolean;
  /** Change what belongs to all, such as a connection. */
  admin: boolean;
  /** The steps whose question they may answer now. */
  answer: readonly string[];
}

type Seen = Pick<RunPicture, "workflowId" | "starter" | "changers" | "steps">;

export const permitsOf = (who: Doer, { workflowId, starter, changers, steps }: Seen): Permits => {
  const may = (action: "control" | "undo") => can(who, action, { workflowId, starter });
  const mayAnswer = ({ form }: StepPicture) =>
    form !== null &&
    can(who, "answer", { workflowId, starter, asks: form.answerers }) &&
    answerRefusal(who.person, form, { starter, changers }) === null;
  return {
    control: may("control"),
    undo: may("undo"),
    again: can(who, "run", { workflowId }),
    admin: can(who, "admin", null),
    answer: steps.filter(mayAnswer).map(({ id }) => id),
  };
};

/** The line of a list with only those controls that they may use. */
export const rowSeenBy = (row: RunSummary, who: Doer): RunSummary => {
  const { workflowId, starter, may, asks } = row;
  const mayAnswer = ({ changers, ...question }: NonNullable<RunSummary["asks"]>) =>
    can(who, "answer", { workflowId, starter, asks: question.answerers }) &&
    answerRefusal(who.person, question, { starter, changers }) === null;
  return {
    ...row,
    may: {
      cancel: may.cancel && can(who, "control", { workflowId, starter }),
      delete: may.delete && can(who, "control", { workflowId, starter }),
      clone: may.clone && can(who, "run", { workflowId }),
      answer: may.answer && asks !== null && mayAnswer(asks),
    },
  };
};

/** The picture with only those controls that they may use. */
export const seenBy = (picture: RunPicture, { control, undo, again, admin, answer }: Permits): RunPicture => {
  const { may, error, ended } = picture;
  return {
    ...picture,
    error: error && withOpenWays(error, admin),
    ended: ended && { ...ended, error: ended.error && withOpenWays(ended.error, admin) },
    may: {
      pause: may.pause && control,
      resume: may.resume && control,
      cancel: may.cancel && control,
      retry: may.retry && control,
      finalize: may.finalize && control,
      unlock: may.unlock && control,
      startOver: may.startOver && control && again,
      rewind: may.rewind && undo,
      undo: may.undo && undo,
      modify: may.modify && undo,
      clone: may.clone && again,
      delete: may.delete && control,
    },
    steps: picture.steps.map((step) => ({
      ...step,
      mayAnswer: step.mayAnswer && answer.includes(step.id),
      mayRewind: step.mayRewind && undo,
      maySkip: step.maySkip && control,
      mayRetry: step.mayRetry && control,
      items:
        step.items === null || control
          ? step.items
          : {
              ...step.items,
              mayRetry: false,
              rows: step.items.rows.map((row) => ({ ...row, maySkip: false })),
            },
    })),
  };
};

/** Connections are for admins: a way that leads to a closed door is none. */
const withOpenWays = <E extends { wayOn?: KeptWayOn }>(error: E, admin: boolean): E => {
  const { wayOn, ...rest } = error;
  const isClosed =
    !admin &&
    wayOn !== undefined &&
    "href" in wayOn &&
    wayOn.href.startsWith(`${routes.connections.href()}/`);
  return isClosed ? (rest as E) : error;
};
