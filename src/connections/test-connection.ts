import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { foreignSentence, foreignText } from "#core/foreign.ts";
import { createMask } from "#core/secret-forms.ts";

/** A test takes no longer than this; then the system counts as not reached. */
const timeoutMs = 30_000;
const mostFacts = 50;

/**
 * Tests a connection and gives what may be kept of it: another system may say things of any length, with any characters, and give our own secret
 * back to us.
 */
export const testConnection = async (
  kind: ConnectionKind,
  valuesOf: () => Promise<ConnectionValues>,
  secretsIn: (values: ConnectionValues) => readonly string[],
  signal: AbortSignal,
): Promise<ConnectionReport> => {
  let mask = (text: string) => text;
  const open = async () => {
    const values = await valuesOf();
    mask = createMask(secretsIn(values));
    return values;
  };
  const { ok, sentence, latencyMs, facts, offer } = await testInTime(kind, open, signal);
  return {
    ok,
    sentence: foreignSentence(mask(sentence)),
    latencyMs,
    ...(offer === undefined ? {} : { offer }),
    facts: facts
      .slice(0, mostFacts)
      .map(({ label, value }) => ({ label: foreignText(label), value: foreignText(mask(value)) })),
  };
};

const testInTime = async (
  kind: ConnectionKind,
  open: () => Promise<ConnectionValues>,
  signal: AbortSignal,
): Promise<ConnectionReport> => {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await kind.test(await open(), AbortSignal.any([signal, timeout]));
  } catch (thrown) {
    // What Milepost itself offers may not come up.
    if (thrown instanceof AppError && thrown.code === "unreachable")
      return { ok: false, sentence: thrown.message, latencyMs: 0, facts: [] };
    if (!timeout.aborted) throw thrown;
    const sentence = `The other side did not answer within ${timeoutMs / 1000} s.`;
    return { ok: false, sentence, latencyMs: timeoutMs, facts: [] };
  }
};
