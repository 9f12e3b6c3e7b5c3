import type { Actor } from "#core/actor.ts";
import type { ChatReply, Said } from "#core/chat.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import type { Engine } from "#engine/engine.ts";
import { channelOf, type Speaker } from "./asked.ts";
import { askedStep, nameOf, reply, statusOf } from "./told.ts";

/** Does what was said, and tells what became of it. Throws what the engine throws. */
export const doSaid = async (
  engine: Engine<Actor>,
  says: Said,
  picture: RunPicture,
  who: Speaker,
): Promise<ChatReply> => {
  const { id } = picture;
  const name = nameOf(picture);
  const { by, person } = who;
  switch (says) {
    case "pause":
      await engine.pause(id, by);
      return after(engine, id, `${name} is asked to pause.`);
    case "resume":
      await engine.resume(id, by);
      return after(engine, id, `${name} goes on.`);
    case "retry":
      await engine.retry(id, by);
      return after(engine, id, `${name} is tried again.`);
    case "cancel":
      await engine.cancel(id, by);
      return after(engine, id, `${name} is asked to end.`);
    case "restart": {
      const { runId } = await engine.startOver(id, by);
      return after(engine, runId, `${name} was cancelled and starts over.`);
    }
    case "skip": {
      const step = picture.steps.find(({ maySkip }) => maySkip);
      if (step === undefined)
        throw new AppError("not-allowed-now", `There is no step of ${name} to skip now.`);
      await engine.skip(id, step.id, by);
      return after(engine, id, `“${step.title}” is left out.`);
    }
    case "approve":
    case "reject": {
      const step = askedStep(picture);
      if (step === null) throw new AppError("not-allowed-now", `${name} asks nothing now.`);
      await engine.answer(id, step.id, {}, by, { press: says, channel: channelOf(who), person });
      return after(engine, id, `“${step.title}” is ${says === "approve" ? "approved" : "rejected"}.`);
    }
    default:
      return statusOf(picture);
  }
};

const after = async (engine: Engine<Actor>, id: string, receipt: string): Promise<ChatReply> => {
  const { lines, ...more } = statusOf(await engine.picture(id));
  return reply([receipt, ...lines], more);
};
