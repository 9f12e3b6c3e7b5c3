import { AppError } from "./errors.ts";
import { type ApprovalField, type Field, type Form, textOf, type Values } from "./form.ts";
import { GoBack } from "./go-back.ts";
import { Reject } from "./reject.ts";
import { Skip } from "./skip.ts";
import type { AskContext } from "./step-context.ts";

/** What a person is asked to agree to. */
export interface Approval extends Omit<ApprovalField, "kind"> {
  /** More to look at: tables, code, notes. */
  shown?: readonly Field[];
}

/** The answer of an approval. */
export interface Approved {
  by: string;
  comment: string | null;
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

/** An approval as the ask step that it is. */
export const approval = <I, R, K extends string = never>(options: ApproveOptions<I, R, K>) => ({
  form: async (ctx: AskContext<I, R, K>): Promise<Form | Skip<Approved>> => {
    const about = await options.about(ctx);
    return about instanceof Skip ? about : approvalForm(about, options.modify !== undefined, ctx.draft);
  },
  read: (values: Values, ctx: AskContext<I, R, K>): Approved | Reject | GoBack<Extract<keyof R, string>> => {
    const comment = textOf(values, "comment");
    if (ctx.press === "modify" && options.modify !== undefined) return new GoBack(options.modify);
    if (ctx.press === "reject") {
      return new Reject(comment);
    }
    if (ctx.press !== undefined && ctx.press !== "approve") {
      throw new AppError("bad-answer", "Approve, modify or reject.");
    }
    return { by: ctx.by ?? "", comment: comment === "" ? null : comment };
  },
  detail: ({ by, comment }: Approved): string => `Approved by ${by}${comment === null ? "" : `: ${comment}`}`,
  ...(options.personOnly === undefined ? {} : { personOnly: options.personOnly }),
  ...(options.timeoutMs === undefined
    ? {}
    : { timeoutMs: options.timeoutMs, unanswered: { press: options.unanswered ?? "reject" } }),
});

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
  buttons: [
    ...(modifiable ? [{ does: "answer" as const, value: "modify", label: "Modify" }] : []),
    { does: "answer", value: "reject", label: "Reject" },
  ],
});
