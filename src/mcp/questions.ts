import { createHmac, timingSafeEqual } from "node:crypto";
import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { type Caller, clientCan, runFor } from "./call.ts";
import { answerOf } from "./question-schema.ts";
import type { Sdk } from "./sdk.ts";
import { askedWords, isTrusted, questionIn, toldRun } from "./told-run.ts";

/** What travels with a question and comes back with its answer. */
export interface Asking {
  run: string;
  step: string;
  attempt: number;
}

/** Tells of a run; where it asks and the client can put questions to its person, hands them that question. */
export const toldOrAsked = async (
  { inputRequired }: Sdk,
  caller: Caller,
  picture: RunPicture,
  ctx: ServerContext,
  mayBeAsked = true,
): Promise<CallToolResult | InputRequiredResult> => {
  const asked = questionIn(caller, picture);
  const mayAsk =
    mayBeAsked && asked !== null && asked.schema !== null && asked.refused === null && clientCan(ctx).beAsked;
  if (!mayAsk) return toldRun(caller, picture);
  const { step, schema } = asked;
  return inputRequired({
    inputRequests: {
      [keyOf(step)]: inputRequired.elicit({ message: askedWords(step), requestedSchema: schema as never }),
    },
    requestState: signed(caller, { run: picture.id, step: step.id, attempt: step.attempt }),
  });
};

export const keyOf = ({ id, attempt }: { id: string; attempt: number }): string => `${id}.${attempt}`;

/**
 * The run that a repeated call is about, with the question of it answered if the person answered; null: the call is a first one. A person who
 * did not answer is not asked again in the same call.
 */
export const answeredIn = async (
  caller: Caller,
  ctx: ServerContext,
): Promise<{ run: string; askAgain: boolean } | null> => {
  const state = ctx.mcpReq.requestState<string>();
  if (typeof state !== "string") return null;
  const { run, step, attempt } = opened(caller, state);
  const response = ctx.mcpReq.inputResponses?.[keyOf({ id: step, attempt })] as
    | { action?: string; content?: Record<string, unknown> }
    | undefined;
  if (response?.action === "accept")
    await answerStep(caller, { run, step, content: response.content ?? {}, attempt });
  return { run, askAgain: response?.action === "accept" };
};

interface StepAnswer {
  run: string;
  step: string;
  content: Readonly<Record<string, unknown>>;
  /** The try whose question was asked; without it, whichever asks now. */
  attempt?: number;
}

/** Answers as the agent that it is: the engine refuses what agents must not answer. */
export const answerStep = async (
  caller: Caller,
  { run, step: id, content, attempt }: StepAnswer,
): Promise<void> => {
  const picture = await runFor(caller, run);
  const step = picture.steps.find((one) => one.id === id);
  if (step?.form == null || step.state !== "asking" || (attempt !== undefined && step.attempt !== attempt))
    throw new AppError(
      "not-allowed-now",
      "This run does not ask that now. Call get_run to see where it stands.",
    );
  if (!step.mayAnswer) throw new AppError("forbidden", "This is for somebody else to answer.");
  const { values, press } = answerOf(step.form, content);
  const { by, person } = caller.who;
  await caller.engine.answer(run, id, values, by, {
    press,
    person,
    channel: "agent",
    isTrusted: isTrusted(caller.who, picture),
  });
};

/** The client keeps it and may change it: only what was signed for this caller is taken. */
const signed = (caller: Caller, asking: Asking): string => {
  const body = Buffer.from(JSON.stringify(asking)).toString("base64url");
  return `${body}.${sign(caller, body)}`;
};

const opened = (caller: Caller, state: string): Asking => {
  const [body = "", mac = ""] = state.split(".");
  const own = sign(caller, body);
  if (mac.length !== own.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(own)))
    throw new AppError("bad-input", "This state was not made by this server for you. Call the tool anew.");
  return JSON.parse(Buffer.from(body, "base64url").toString()) as Asking;
};

/** A proof that only this server gives, and only to this caller. */
export const sign = ({ key, who }: Caller, body: string): string =>
  createHmac("sha256", key)
    .update(`${who.tokenId ?? who.person.id}\n${body}`)
    .digest("base64url");
