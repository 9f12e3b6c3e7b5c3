import { AppError } from "./errors.ts";
import { allFields, type Form } from "./form.ts";

/** A question as far as it matters to an agent. */
export interface AgentQuestion {
  form: Pick<Form, "fields"> | null;
  /** Its author wants a person. */
  personOnly: boolean;
  /** It asks what became of something that was cut off. */
  isInterrupted: boolean;
  /** Their person may let agents approve what is of medium risk. */
  isTrusted: boolean;
  /** Whoever would answer started this run. */
  isOwnRun: boolean;
}

/**
 * Why no agent may answer a question, as a sentence; null: one may. A form that an agent sends is no proof that a person saw it: an agent's
 * text may come from anywhere.
 */
export const agentRefusal = ({
  form,
  personOnly,
  isInterrupted,
  isTrusted,
  isOwnRun,
}: AgentQuestion): string | null => {
  if (personOnly) return "Only a person may answer this, no agent.";
  if (isInterrupted)
    return "What became of a step that was cut off is for a person to say, not for an agent.";
  const fields = allFields(form?.fields ?? []);
  if (fields.some((field) => field.kind === "text" && field.secret === true))
    return "This asks for a secret, which must not pass through an agent.";
  const approval = fields.find((field) => field.kind === "approval");
  if (approval === undefined) return null;
  if (approval.risk === "high" || (approval.risk === "medium" && !isTrusted))
    return `This is of ${approval.risk} risk, so a person has to approve it.`;
  return isOwnRun ? "Who started a run cannot approve what it asks, if they are an agent." : null;
};

/** Throws AppError("forbidden") with that sentence. */
export const assertAgentMay = (question: AgentQuestion): void => {
  const refused = agentRefusal(question);
  if (refused !== null) throw new AppError("forbidden", refused);
};
