import { createParser } from "eventsource-parser";
import { z } from "zod";
import type { Gather } from "#connectors/http/json-answer.ts";
import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";

/** How much of an answer has come. */
export interface Heard {
  /** Characters of the answer. */
  said: number;
  /** Characters of what the model thinks before it. */
  thought: number;
}

const text = z.string().nullish();
const part = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: text, refusal: text, reasoning_content: text, reasoning: text }).nullish(),
        finish_reason: text,
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

/**
 * A streamed completion (https://platform.openai.com/docs/api-reference/chat-streaming) as it would have come in one piece; `heard` is told
 * how much has come. `whole` throws AppError("remote-failed") with an error that came instead of the rest, "unreachable" where it broke off.
 */
export const gatherCompletion = (
  { host, mask }: { host: string; mask: (text: string) => string },
  heard: (heard: Heard) => void,
): Gather => {
  let content = "";
  let refusal = "";
  let thought = 0;
  let finish: string | null = null;
  let usage: unknown;
  let failure: unknown;
  let isWhole = false;
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data.trim() === "[DONE]") isWhole = true;
      const read = part.safeParse(parseJson(data));
      if (!read.success) return;
      const [choice] = read.data.choices ?? [];
      const { delta } = choice ?? {};
      content += delta?.content ?? "";
      refusal += delta?.refusal ?? "";
      thought += (delta?.reasoning_content ?? delta?.reasoning ?? "").length;
      finish = choice?.finish_reason ?? finish;
      usage = read.data.usage ?? usage;
      failure ??= read.data.error;
    },
  });
  return {
    take: (come) => {
      parser.feed(come);
      heard({ said: content.length, thought });
    },
    whole: () => {
      if (failure !== undefined && failure !== null)
        throw new AppError("remote-failed", `${host} failed in the middle of its answer.`, {
          detail: mask(JSON.stringify(failure)).slice(0, 300),
          canPass: true,
        });
      if (!isWhole && finish === null)
        throw new AppError("unreachable", `${host} broke off in the middle of its answer.`, {
          canPass: true,
        });
      return {
        choices: [{ message: { content, ...(refusal === "" ? {} : { refusal }) }, finish_reason: finish }],
        ...(usage == null ? {} : { usage }),
      };
    },
  };
};
