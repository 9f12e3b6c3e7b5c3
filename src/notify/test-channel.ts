import type { ConnectionReport } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Address, ChannelKind } from "./channel.ts";
import type { Message } from "./message.ts";
import { outcomeWords, sendTo } from "./send.ts";

/** Sends a real message by the real client and tells what the other side made of it, in its own words. */
export const testChannel = async (
  kind: ChannelKind,
  message: Message,
  open: () => Promise<Address>,
  signal: AbortSignal,
): Promise<ConnectionReport> => {
  const start = performance.now();
  const report = (ok: boolean, sentence: string): ConnectionReport => ({
    ok,
    sentence,
    latencyMs: Math.round(performance.now() - start),
    facts: [],
  });
  try {
    const outcome = await sendTo(kind, message, await open(), signal);
    return report(outcome.was === "delivered", outcomeWords(outcome));
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return report(false, thrown.message);
  }
};
