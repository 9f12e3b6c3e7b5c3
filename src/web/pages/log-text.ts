import type { LogLine } from "#core/event.ts";
import type { LongLines } from "#core/files.ts";
import type { Store } from "#core/store.ts";

const linesPerRead = 1_000;

/** The whole log of a run as text behind `head`, long lines whole, read piece by piece as fast as it is taken. */
export const logText = (
  { store, longLines }: { store: Pick<Store, "logs">; longLines: Pick<LongLines, "read"> },
  runId: string,
  head = "",
): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  const pieces = piecesOf(store, longLines, runId);
  return new ReadableStream({
    start: (stream) => {
      if (head !== "") stream.enqueue(encoder.encode(head));
    },
    pull: async (stream) => {
      const { value, done } = await pieces.next();
      if (done) stream.close();
      else stream.enqueue(encoder.encode(value));
    },
  });
};

async function* piecesOf(
  store: Pick<Store, "logs">,
  longLines: Pick<LongLines, "read">,
  runId: string,
): AsyncGenerator<string, void> {
  for (let after = 0; ; ) {
    const lines = await store.logs(runId, { after, limit: linesPerRead });
    const last = lines.at(-1);
    if (last === undefined) return;
    after = last.n;
    let text = "";
    for (const line of lines) {
      if (line.whole === undefined) {
        text += lineText(line, line.text);
        continue;
      }
      // One at a time: many long lines together would be more than anybody should hold in memory.
      if (text !== "") yield text;
      text = "";
      yield lineText(line, (await longLines.read(line.whole)) ?? line.text);
    }
    if (text !== "") yield text;
  }
}

const lineText = ({ at, level, stepId }: LogLine, text: string): string =>
  `${new Date(at).toISOString()} ${level.padEnd(5)} ${stepId}: ${text}\n`;
