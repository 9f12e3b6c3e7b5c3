import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { standingOf } from "#chat/told.ts";
import type { RunPicture } from "#core/picture.ts";
import { type Caller, clientCan } from "./call.ts";
import { sign } from "./questions.ts";
import type { Sdk } from "./sdk.ts";

const key = "confirm";
/** So long a code is good: one for this span of time, and one for the next. */
const codeMs = 120_000;

interface Confirming {
  /** "cancel": what is to be done. */
  verb: string;
  /** The question, as a sentence. */
  question: string;
  picture: RunPicture;
  /** What the caller gave as proof that it asked. */
  code: string | undefined;
}

/**
 * Null once it is confirmed: by the person at the client where that can ask, else by calling a second time with the code. Either holds for
 * the run as it stands now only.
 */
export const unconfirmed = async (
  { inputRequired, acceptedContent }: Sdk,
  caller: Caller,
  { verb, question, picture, code }: Confirming,
  ctx: ServerContext,
): Promise<CallToolResult | InputRequiredResult | null> => {
  const proof = (at: number) =>
    sign(
      caller,
      ["confirm", verb, picture.id, standingOf(picture), Math.floor(at / codeMs)].join("\n"),
    ).slice(0, 16);
  const now = caller.clock.now();
  const holds = (given: unknown) => given === proof(now) || given === proof(now - codeMs);
  if (clientCan(ctx).beAsked) {
    const said = acceptedContent<{ confirm?: boolean }>(ctx.mcpReq.inputResponses, key);
    if (said?.confirm === true && holds(ctx.mcpReq.requestState<string>())) return null;
    if (ctx.mcpReq.inputResponses?.[key] !== undefined && said?.confirm !== true)
      return { content: [{ type: "text", text: "The person did not agree, so nothing was done." }] };
    return inputRequired({
      inputRequests: {
        [key]: inputRequired.elicit({
          message: question,
          requestedSchema: {
            type: "object",
            properties: { confirm: { type: "boolean", title: "Do it", default: false } },
            required: ["confirm"],
          },
        }),
      },
      requestState: proof(now),
    });
  }
  if (holds(code)) return null;
  return {
    content: [
      {
        type: "text",
        text: `${question} Nothing was done yet. If the person that you work for agrees, call this again with confirm "${proof(now)}" within two minutes.`,
      },
    ],
    structuredContent: { confirm: proof(now) },
  };
};
