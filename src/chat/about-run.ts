import type { ChatReply, Remembered, Said } from "#core/chat.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { type Answer, type Asked, type Speaker, stay } from "./asked.ts";
import { needsYes, questionBefore } from "./confirm.ts";
import { doSaid } from "./do-said.ts";
import { fillStep } from "./fill.ts";
import { etaOf, logsOf, reply, standingOf, statusOf, whyOf } from "./told.ts";
import { isAct, type Reading, verbOf } from "./understand.ts";

/** What is said of one run. */
export type AboutRun = Extract<Reading, { run: string }>;

/** Tells of a run, does what was said, or asks before it does. Throws what the engine throws. */
export const aboutRun = async (asked: Asked<AboutRun>): Promise<Answer> => {
  const { engine, reading, before, pending, who, now } = asked;
  const { says, run } = reading;
  if (reading.kind === "declined") return stay(asked, ["Nothing was done."]);
  const picture = seenFor(who, await engine.picture(run));
  const remembered: Remembered = { ...before, about: { run, at: now } };
  const led = (first: readonly string[], { lines, ...more }: ChatReply): Answer => ({
    reply: { ...more, lines: [...first, ...lines] },
    remembered,
  });
  const act = async (): Promise<Answer> => {
    assertMay(who, says, picture);
    return { reply: await doSaid(engine, says, picture, who), remembered };
  };
  switch (reading.kind) {
    case "tell":
      return led(
        reading.of > 1 ? [`There are ${reading.of} of this name; this is the one that matters.`] : [],
        isAct(says) ? statusOf(picture) : tellings[says](picture),
      );
    case "do":
      assertMay(who, says, picture);
      if (says === "answer") return fillStep(asked, picture);
      return needsYes.has(says) ? askFirst(says, picture, remembered, now) : act();
    case "confirmed": {
      if (pending?.standing === standingOf(picture)) return act();
      const again = askFirst(says, picture, remembered, now);
      return {
        ...again,
        reply: { ...again.reply, lines: ["It has moved on since I asked.", ...again.reply.lines] },
      };
    }
    case "wrong-state":
      return led([`That cannot be done to it now.`], statusOf(picture));
    case "advice":
      return led([`That is yours to decide. Say “${says} #${picture.number}” to do it.`], statusOf(picture));
    default:
      return reading satisfies never;
  }
};

const tellings = { status: statusOf, eta: etaOf, logs: logsOf, why: whyOf } as const;

const seenFor = (who: Speaker, picture: RunPicture): RunPicture => seenBy(picture, permitsOf(who, picture));

const askFirst = (says: Said, picture: RunPicture, remembered: Remembered, now: number): Answer => {
  const question = questionBefore(says, picture);
  if ("refuse" in question) {
    const link = { label: "Open the run", href: routes.run.href({ id: picture.id }) };
    return { reply: reply([question.refuse], { link }), remembered };
  }
  const buttons = [
    { label: "Yes", says: "yes" },
    { label: "No", says: "no" },
  ];
  return {
    reply: reply(question.ask, { buttons }),
    remembered: { ...remembered, pending: { says, run: picture.id, standing: standingOf(picture), at: now } },
  };
};

const assertMay = (who: Speaker, says: Said, { workflowId, starter, steps }: RunPicture): void => {
  if (!isAct(says)) return;
  const action = verbOf[says] === "answer" ? "answer" : "control";
  const asks = steps.find(({ state }) => state === "asking")?.form?.answerers;
  if (!can(who, action, { workflowId, starter, asks }))
    throw new AppError("forbidden", "You may look at this run, but not do that to it.");
};
