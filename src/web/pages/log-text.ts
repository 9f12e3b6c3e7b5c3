import type { LogLine } from "#core/event.ts";
import type { Store } from "#core/store.ts";

const linesPerRead = 1_000;

/** The whole log of a run as text, read page by page as fast as it is taken. */
export const logText = (store: Pick<Store, "logs">, runId: string): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let after = 0;
  return new ReadableStream({
    pull: async (stream) => {
      const lines = await store.logs(runId, { after, limit: linesPerRead });
      const last = lines.at(-1);
      if (last === undefined) return stream.close();
      after = last.n;
      stream.enqueue(encoder.encode(lines.map(lineText).join("")));
    },
  });
};

const lineText = ({ at, level, stepId, text }: LogLine): string =>
  `${new Date(at).toISOString()} ${level.padEnd(5)} ${stepId}: ${text}\n`;
