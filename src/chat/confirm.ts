import { approvalIn } from "#core/approval.ts";
import type { Said } from "#core/chat.ts";
import type { RunPicture } from "#core/picture.ts";
import { activeStep } from "#views/run/said.ts";
import { askedStep, nameOf } from "./told.ts";

/** What is never done without a yes. */
export const needsYes: ReadonlySet<Said> = new Set(["cancel", "restart", "skip", "approve", "reject"]);

/** The question before it, in sentences; what a chat must not decide says so instead. */
export const questionBefore = (says: Said, picture: RunPicture): { ask: string[] } | { refuse: string } => {
  const name = nameOf(picture);
  const step = activeStep(picture);
  const place = step === null ? "" : ` It is at “${step.title}”, step ${step.number} of ${picture.total}.`;
  switch (says) {
    case "restart":
      return { ask: [`Cancel ${name} and start it over with the same input?${place}`] };
    case "skip": {
      const shown = picture.steps.find(({ maySkip }) => maySkip);
      return shown?.skippable == null
        ? { refuse: `There is no step of ${name} that may be left out now.` }
        : { ask: [`Skip “${shown.title}” of ${name}?`, shown.skippable] };
    }
    case "approve":
    case "reject": {
      const asked = askedStep(picture);
      const approval = asked === null ? null : approvalIn(asked);
      if (asked === null || approval === null)
        return { refuse: `${name} asks something that needs more than a yes or no.` };
      if (!asked.mayAnswer) return { refuse: `${name} waits for somebody else to answer.` };
      if (approval.risk === "high" && says === "approve")
        return { refuse: `What ${name} asks is of high risk, so it can be approved on its page only.` };
      return {
        ask: [
          `${says === "approve" ? "Approve" : "Reject"} this of ${name}? ${approval.what}`,
          `Risk: ${approval.risk}.`,
          ...approval.impact,
        ],
      };
    }
    default:
      return { ask: [`Cancel ${name}?${place} What it has made so far stays until it is undone.`] };
  }
};
