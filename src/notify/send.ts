import { AppError } from "#core/errors.ts";
import { foreignSentence } from "#core/foreign.ts";
import { createMask } from "#core/secret-forms.ts";
import type { Address, ChannelKind, Outcome } from "./channel.ts";
import type { Message } from "./message.ts";

/** Longer than that no other side is waited for. */
const longestMs = 45_000;

/** Sends by a kind, within a limit, whatever its library does. Throws what the kind throws, and AppError("cancelled"). */
export const sendTo = async (
  kind: ChannelKind,
  message: Message,
  to: Address,
  signal: AbortSignal,
): Promise<Outcome> => fitted(await within((limit) => kind.send(message, to, limit), signal), to);

/** The same for an edit. */
export const editAt = async (
  kind: ChannelKind,
  message: Message,
  remote: string,
  to: Address,
  signal: AbortSignal,
): Promise<Outcome | { was: "gone" }> =>
  fitted(await within(async (limit) => (await kind.edit?.(message, remote, to, limit)) ?? gone, signal), to);

const gone = { was: "gone" } as const;

/** The other side's words are foreign: of any length, with any signs, perhaps with our own secrets in them. */
const fitted = <O extends Outcome | { was: "gone" }>(outcome: O, { secrets = [] }: Address): O =>
  "because" in outcome
    ? { ...outcome, because: foreignSentence(createMask(secrets)(outcome.because)) }
    : outcome;

/** Ends when the limit does, also where what was called takes no notice of it. */
const within = async <T>(
  work: (limit: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T | Extract<Outcome, { was: "ambiguous" }>> => {
  const limit = AbortSignal.timeout(longestMs);
  const either = AbortSignal.any([signal, limit]);
  const { promise: ended, resolve, reject } = Promise.withResolvers<Extract<Outcome, { was: "ambiguous" }>>();
  const end = () =>
    signal.aborted
      ? reject(new AppError("cancelled", "Milepost was stopped while a message was on its way."))
      : resolve({ was: "ambiguous", because: `No answer came within ${longestMs / 1_000} seconds.` });
  if (either.aborted) end();
  either.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work(either), ended]);
  } catch (thrown) {
    // A library may end by the limit in its own words.
    if (limit.aborted && !signal.aborted) return ended;
    throw thrown;
  } finally {
    either.removeEventListener("abort", end);
  }
};

/** What became of a send, for whoever pressed the test button. */
export const outcomeWords = (outcome: Outcome): string => {
  switch (outcome.was) {
    case "delivered":
      return "The other side has it. Look whether it is there.";
    case "ambiguous":
      return `It went out and may have arrived: ${outcome.because}`;
    case "later":
    case "dead":
    case "refused":
      return outcome.because;
    default:
      return outcome satisfies never;
  }
};
