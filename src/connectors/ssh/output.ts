/** What a command writes on one of its outputs, from the marker on. */
export interface Output {
  push(chunk: Buffer): void;
  /** No more will come: gives out a last line without its line feed. */
  end(): void;
  /** All that came after the marker, up to the limit. */
  text(): string;
  /** What was printed before the marker: rc files, banners, or all there is when the command never began. */
  noise(): string;
  truncated(): boolean;
}

interface OutputOptions {
  marker: string;
  /** Told once, with the process id behind the marker. */
  onBegin(pid: number): void;
  /** Each line without its line feed; a longer one than 16 KiB comes in pieces. */
  onLine: ((line: string) => void) | undefined;
  maxBytes: number;
}

const longestLine = 16 * 1024;
const mostNoise = 64 * 1024;

export const createOutput = ({ marker, onBegin, onLine, maxBytes }: OutputOptions): Output => {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let begun = false;
  let before = "";
  let noise = "";
  let line = "";
  let sizeBytes = 0;
  let truncated = false;

  const keep = (text: string) => {
    const room = maxBytes - sizeBytes;
    const size = Buffer.byteLength(text);
    sizeBytes += size;
    if (size <= room) parts.push(text);
    else {
      truncated = true;
      // Streaming, so that a character which the limit cuts in two is left out.
      if (room > 0)
        parts.push(new TextDecoder().decode(Buffer.from(text).subarray(0, room), { stream: true }));
    }
  };
  const giveLines = (text: string) => {
    if (onLine === undefined) return;
    line += text;
    const lines = line.split("\n");
    line = lines.pop() ?? "";
    for (const one of lines) for (const piece of pieces(one.replace(/\r$/, ""))) onLine(piece);
    while (line.length > longestLine) {
      onLine(line.slice(0, longestLine));
      line = line.slice(longestLine);
    }
  };
  const add = (text: string) => {
    if (text === "") return;
    if (begun) {
      keep(text);
      giveLines(text);
      return;
    }
    before += text;
    const at = before.indexOf(marker);
    const lineEnd = at === -1 ? -1 : before.indexOf("\n", at);
    if (lineEnd === -1) {
      // What was searched already is kept for the person, the end for a marker that is not complete yet.
      if (before.length > 2 * marker.length + 64 && at === -1) {
        noise = (noise + before.slice(0, -marker.length)).slice(0, mostNoise);
        before = before.slice(-marker.length);
      }
      return;
    }
    begun = true;
    noise = (noise + before.slice(0, at)).slice(0, mostNoise);
    const rest = before.slice(lineEnd + 1);
    const pid = Number(before.slice(at + marker.length, lineEnd));
    before = "";
    onBegin(pid);
    add(rest);
  };

  return {
    push: (chunk) => add(decoder.decode(chunk, { stream: true })),
    end: () => {
      add(decoder.decode());
      if (line !== "") onLine?.(line.replace(/\r$/, ""));
      line = "";
    },
    text: () => parts.join(""),
    noise: () => (begun ? noise : noise + before),
    truncated: () => truncated,
  };
};

function* pieces(line: string): Generator<string> {
  for (let at = 0; at === 0 || at < line.length; at += longestLine) yield line.slice(at, at + longestLine);
}
