import { createHmac, timingSafeEqual } from "node:crypto";
import type { AccessBook } from "#core/access.ts";
import type { Actor } from "#core/actor.ts";
import type { FarChannel } from "#core/answerers.ts";
import { AppError } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import type { Delivery, NotifyTable } from "#core/notify.ts";
import type { PersonRef } from "#core/people.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { can, everything } from "#core/rights.ts";
import { ended } from "#core/sentence.ts";
import type { Engine } from "#engine/engine.ts";
import { type Verb, verbs } from "./message.ts";

/**
 * For what a token is good: to be given back by a chat application (`press`), to open the page that asks once more (`page`), or to act by
 * itself when it is POSTed (`act`).
 */
export type Purpose = "press" | "page" | "act";

/** What a token is for: one delivery of one question to one person, and one verb. */
export interface Decidable {
  delivery: Delivery;
  verb: Verb;
}

export interface Press {
  /** Who pressed, as their account or their address says. */
  person: PersonRef;
  channel: FarChannel;
  comment?: string;
}

/** `decided`: by this press; `late`: the question was answered before or is gone, which is no fault of anybody; `refused`: they may not. */
export interface Pressed {
  was: "decided" | "late" | "refused";
  /** For whoever pressed. */
  sentence: string;
}

/** Decisions on questions, taken from afar. The first valid one wins, in one commit of the run; late and double ones change nothing. */
export interface Decisions {
  /** At most 64 bytes of [A-Za-z0-9._-]. */
  tokenFor(deliveryId: string, verb: Verb, purpose: Purpose): string;
  /** Null: it is not of ours, not for this purpose, or what it was for is no longer known. */
  read(token: string, purpose: Purpose): Promise<Decidable | null>;
  /** Throws only what is our own mistake. */
  press(token: string, purpose: Purpose, by: Press): Promise<Pressed>;
}

interface DecisionDeps {
  /** It keeps in the audit what people do. */
  engine: Pick<Engine<Actor>, "answer" | "picture">;
  table: Pick<NotifyTable, "delivery">;
  /** What is said of workflows: whoever may not answer on a page may not from afar. */
  access: AccessBook;
  /** Of this server alone. */
  key: Uint8Array;
}

const macBytes = 16;

export const createDecisions = ({ engine, table, access, key }: DecisionDeps): Decisions => {
  const macOf = (deliveryId: string, verb: Verb, purpose: Purpose) =>
    createHmac("sha256", key)
      .update(`decide ${purpose} ${verb} ${deliveryId}`)
      .digest()
      .subarray(0, macBytes);
  const read: Decisions["read"] = async (token, purpose) => {
    const [id = "", letter = "", mac = ""] = token.split(".");
    const verb = verbs.find((one) => one[0] === letter);
    if (verb === undefined) return null;
    const given = Buffer.from(mac, "base64url");
    if (given.length !== macBytes || !timingSafeEqual(given, macOf(id, verb, purpose))) return null;
    const delivery = await table.delivery(id);
    return delivery === null ? null : { delivery, verb };
  };
  return {
    tokenFor: (id, verb, purpose) => `${id}.${verb[0]}.${macOf(id, verb, purpose).toString("base64url")}`,
    read,
    press: async (token, purpose, { person, channel, comment = "" }) => {
      const found = await read(token, purpose);
      if (found === null) return { was: "refused", sentence: "This button is not known here any more." };
      const { runId, stepId, asked } = found.delivery;
      if (runId === null || stepId === null || asked === null)
        return { was: "refused", sentence: "There is nothing to decide by this." };
      const by: Actor = { kind: "person", id: person.id, name: person.name, personId: person.id };
      try {
        const { workflowId, starter, steps } = await engine.picture(runId);
        const asks = steps.find(({ id }) => id === stepId)?.form?.answerers;
        if (!can({ person, scope: everything, access }, "answer", { workflowId, starter, asks }))
          return { was: "refused", sentence: "You may not answer this." };
        const values: Values = comment === "" ? {} : { comment };
        await engine.answer(runId, stepId, values, by, { press: found.verb, channel, person, asked });
        const step = await stepOf(engine, runId, stepId);
        return { was: "decided", sentence: step === null ? "It is decided." : decidedSentence(step) };
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
        if (!late.has(thrown.code)) return { was: "refused", sentence: thrown.message };
        const step = await stepOf(engine, runId, stepId).catch(() => null);
        const isDecided = step !== null && step.endedAt !== null;
        return {
          was: "late",
          sentence: isDecided ? `It is already decided: ${ended(decidedSentence(step))}` : thrown.message,
        };
      }
    },
  };
};

const late: ReadonlySet<AppError["code"]> = new Set([
  "conflict",
  "not-found",
  "not-allowed-now",
  "finalized",
]);

const stepOf = async (
  engine: Pick<Engine<Actor>, "picture">,
  runId: string,
  stepId: string,
): Promise<StepPicture | null> => {
  const picture: RunPicture = await engine.picture(runId);
  return picture.steps.find(({ id }) => id === stepId) ?? null;
};

/** What became of a question: "Approved by Ann in Slack". */
export const decidedSentence = ({ state, title, detail, error }: StepPicture): string => {
  if (state === "asking") return `Your word on “${title}” is kept; somebody else has to agree as well.`;
  return error?.message ?? detail ?? `“${title}” asks no more.`;
};
