import type { Answerers, Decision } from "./answerers.ts";
import { AppError } from "./errors.ts";
import { type ApprovalField, type Field, type Form, risks, textOf, type Values } from "./form.ts";
import { GoBack } from "./go-back.ts";
import { Reject } from "./reject.ts";
import { aFunction, assertShape, aText, aTime, needed, oneOf, type Shape, yesOrNo } from "./shape.ts";
import { Skip } from "./skip.ts";
import type { Step } from "./step.ts";
import type { AskContext } from "./step-context.ts";

/** What a person is asked to agree to. */
export interface Approval extends Omit<ApprovalField, "kind"> {
  /** More to look at: tables, code, notes. */
  shown?: readonly Field[];
  /** Who may approve, modify or reject; left out: everybody who may answer. A rejection by one of them ends it. */
  who?: Answerers;
}

/** The answer of an approval. */
export interface Approved {
  by: string;
  comment: string | null;
  /** All who approved, the last one among them; of answers that hold without anybody, none. */
  decisions?: readonly Decision[];
}

export interface ApproveOptions<I, R, K extends string = never> {
  /** A `Skip` says why nobody needs to be asked. */
  about: (ctx: AskContext<I, R, K>) => Approval | Skip<Approved> | Promise<Approval | Skip<Approved>>;
  /** The step that “Modify” goes back to. */
  modify?: Extract<keyof R, string>;
  personOnly?: boolean;
  timeoutMs?: number;
  /** What holds when nobody answers within `timeoutMs`. Default: `reject`. */
  unanswered?: "approve" | "reject";
}

const approveShape = {
  ...{ about: needed(aFunction), modify: aText, personOnly: yesOrNo, timeoutMs: aTime },
  unanswered: oneOf("approve", "reject"),
} satisfies Shape<ApproveOptions<unknown, unknown>>;

/** An approval as the ask step that it is. */
export const approval = <I, R, K extends string = never>(options: ApproveOptions<I, R, K>) => {
  assertShape("approve(…, { … })", options, approveShape);
  return {
    form: async (ctx: AskContext<I, R, K>): Promise<Form | Skip<Approved>> => {
      const about = await options.about(ctx);
      if (about instanceof Skip) return about;
      assertRisk(about);
      return approvalForm(about, options.modify !== undefined, ctx.draft);
    },
    read: (
      values: Values,
      ctx: AskContext<I, R, K>,
    ): Approved | Reject | GoBack<Extract<keyof R, string>> => {
      const comment = textOf(values, "comment");
      if (ctx.press === "modify" && options.modify !== undefined) return new GoBack(options.modify);
      if (ctx.press === "reject") {
        return new Reject(comment);
      }
      if (ctx.press !== undefined && ctx.press !== "approve") {
        throw new AppError("bad-answer", "Approve, modify or reject.");
      }
      const { by = "", decisions } = ctx;
      return {
        by,
        comment: comment === "" ? null : comment,
        ...(decisions === undefined ? {} : { decisions }),
      };
    },
    assumed: { by: "", comment: null },
    detail: ({ by, comment, decisions = [] }: Approved): string =>
      `Approved by ${(decisions.length < 2 ? [{ by, comment }] : decisions).map(said).join("; ")}`,
    ...(options.personOnly === undefined ? {} : { personOnly: options.personOnly }),
    ...(options.timeoutMs === undefined
      ? {}
      : { timeoutMs: options.timeoutMs, unanswered: { press: options.unanswered ?? "reject" } }),
  };
};

const said = ({ by, comment }: Pick<Decision, "by" | "comment">): string =>
  `${by}${comment === null ? "" : `: ${comment}`}`;

/** By the risk it goes who may approve and from where, so one that is none must not pass for a low one. */
const assertRisk = ({ risk }: Approval): void => {
  if (risks.includes(risk)) return;
  throw new AppError("workflow-broken", `The risk of an approval is low, medium or high, and not “${risk}”.`);
};

const approvalForm = (about: Approval, modifiable: boolean, draft: Values | undefined): Form => ({
  fields: [
    { kind: "approval", what: about.what, risk: about.risk, impact: about.impact },
    ...(about.shown ?? []),
    {
      kind: "text",
      name: "comment",
      label: "Comment",
      help: "Kept in the history of the run.",
      multiline: true,
      ...(draft === undefined ? {} : { value: textOf(draft, "comment") }),
    },
  ],
  submit: "Approve",
  ...(about.who === undefined ? {} : { answerers: about.who }),
  buttons: [
    ...(modifiable ? [{ does: "answer" as const, value: "modify", label: "Modify" }] : []),
    { does: "answer", value: "reject", label: "Reject" },
  ],
});

/** The approval that a step asks for; null: it asks for something else, or nothing. */
export const approvalIn = ({ state, form }: Pick<Step, "state" | "form">): ApprovalField | null =>
  state === "asking" ? (form?.fields.find((field) => field.kind === "approval") ?? null) : null;
