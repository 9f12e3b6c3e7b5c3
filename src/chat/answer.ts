import type { Remembered } from "#core/chat.ts";
import { AppError } from "#core/errors.ts";
import { can, hiddenFrom } from "#core/rights.ts";
import { aboutMore } from "./about-more.ts";
import { aboutRun } from "./about-run.ts";
import { type Answer, type Asked, stay } from "./asked.ts";
import { fillOn } from "./fill.ts";
import { fillReply } from "./fill-reply.ts";
import { reply } from "./told.ts";
import { understand } from "./understand.ts";

/** Only so many of the newest runs can be spoken of. */
const mostSpoken = 200;

/** What is answered to a sentence, and what is remembered of it. All that understands is loaded with this, at the first sentence. */
export const answer = async (
  {
    question,
    ...said
  }: Pick<Asked, "engine" | "who" | "text" | "key" | "now"> & {
    /** The step whose open question this answers. */
    question: string | null;
  },
  { pending, ...rest }: Remembered,
): Promise<Answer> => {
  const { engine, who, text, now } = said;
  const before: Remembered = { ...rest, pending: null };
  try {
    const { about } = rest;
    const filled =
      question === null || about === null
        ? await fillOn({ ...said, before })
        : await fillReply({ ...said, before }, about.run, question);
    const gone = filled !== null && "gone" in filled ? filled.gone : null;
    if (filled !== null && !("gone" in filled)) return filled;
    const { rows } = await engine.runs({ limit: mostSpoken, hidden: hiddenFrom(who) });
    const runs = rows.filter(({ workflowId }) => can(who, "read", { workflowId }));
    const workflows = engine.workflows
      .filter(({ id }) => can(who, "read", { workflowId: id }))
      // Its id names it too: "botify-export".
      .map(({ id, title }) => ({ id, title, subject: id.replaceAll("-", " ") }));
    const reading = understand(text, runs, { ...rest, now, workflows, pending });
    const left = gone === null ? before : { ...before, filling: null };
    const asked: Asked = { ...said, reading, before: left, pending, runs };
    // It may have been meant for that form, or for something else.
    if (gone !== null && ["unknown", "nameless"].includes(reading.kind)) return stay(asked, [gone]);
    return "run" in reading ? await aboutRun({ ...asked, reading }) : await aboutMore({ ...asked, reading });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return { reply: reply([thrown.message]), remembered: before };
  }
};
