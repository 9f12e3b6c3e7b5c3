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
  /** True from when it is no output of ours: no process id behind the marker, or noise without end before it. */
  isOdd(): boolean;
}

interface OutputOptions {
  marker: string;
  /** Told once, with the process id behind the marker. */
  onBegin(pid: number): void;
  /**
   * Each line without its line feed; one longer than 1 MiB comes in pieces. One that has not ended is given as it is now, with a carriage
   * return at its end, when it was written over or nothing more came for a moment; what comes next then takes its place.
   */
  onLine: ((line: string) => void) | undefined;
  maxBytes: number;
}

const longestLine = 1024 * 1024;
/** A line that has not ended is given when nothing came for so long. */
const quietMs = 60;
/** Moves of the cursor to other lines, which must not be made twice. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const movesAway = /[\r\b]|\u001b(?:\[[0-?]*[ABEFsu]|[M78])/;
const mostNoise = 64 * 1024;
/** A server that prints more before a command than any rc file does is not looked at any longer. */
const mostBeforeBytes = 4 * 1024 * 1024;
/** A process id and the end of its line. */
const pidLine = /^(\d{1,10})\r?\n/;
const longestPidLine = 12;

export const createOutput = ({ marker, onBegin, onLine, maxBytes }: OutputOptions): Output => {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let begun = false;
  let odd = false;
  let before = "";
  /** Characters before the marker that were let go. */
  let searched = 0;
  let noise = "";
  let line = "";
  let sizeBytes = 0;
  let truncated = false;
  /** An unended line was given: it is ended with the next line feed, or at the end. */
  let given = false;
  let quiet: NodeJS.Timeout | undefined;
  /** The listener failed where nobody could hear it; the next piece tells. */
  let failure: { thrown: unknown } | null = null;

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
    clearTimeout(quiet);
    if (failure !== null) throw failure.thrown;
    line += text;
    const lines = line.split("\n");
    line = lines.pop() ?? "";
    for (const one of lines) {
      given = false;
      for (const piece of pieces(one.replace(/\r$/, ""))) onLine(piece);
    }
    while (line.length > longestLine) {
      onLine(line.slice(0, longestLine));
      line = line.slice(longestLine);
    }
    // One at the very end may belong to the line feed that follows.
    const written = line.slice(0, -1).lastIndexOf("\r") + 1;
    if (written > 0) giveUnended(line.slice(0, written - 1), line.slice(written));
    if (line !== "") quiet = setTimeout(onQuiet, quietMs);
  };
  const onQuiet = () => {
    try {
      giveUnended(line.replace(/\r$/, ""), movesAway.test(line) ? "" : line);
    } catch (thrown) {
      failure = { thrown };
    }
  };
  const giveUnended = (text: string, left: string) => {
    given = true;
    line = left;
    onLine?.(`${text}\r`);
  };
  const add = (text: string) => {
    if (text === "") return;
    if (begun) {
      keep(text);
      giveLines(text);
      return;
    }
    if (odd) return;
    before += text;
    const at = before.indexOf(marker);
    if (at === -1) {
      // What was searched already is kept for the person, the end for a marker that is not complete yet.
      if (before.length <= 2 * marker.length + 64) return;
      searched += before.length - marker.length;
      noise = (noise + before.slice(0, -marker.length)).slice(0, mostNoise);
      before = before.slice(-marker.length);
      odd = searched > mostBeforeBytes;
      return;
    }
    const behind = before.slice(at + marker.length);
    const pid = pidLine.exec(behind);
    if (pid === null) {
      odd = behind.length >= longestPidLine || /^\d*[^\d\r]/.test(behind);
      if (odd) before = before.slice(0, mostNoise);
      return;
    }
    begun = true;
    noise = (noise + before.slice(0, at)).slice(0, mostNoise);
    before = "";
    onBegin(Number(pid[1]));
    add(behind.slice(pid[0].length));
  };

  return {
    push: (chunk) => add(decoder.decode(chunk, { stream: true })),
    end: () => {
      add(decoder.decode());
      clearTimeout(quiet);
      if (line !== "" || given) onLine?.(line.replace(/\r$/, ""));
      line = "";
      given = false;
    },
    text: () => parts.join(""),
    noise: () => (begun ? noise : noise + before),
    truncated: () => truncated,
    isOdd: () => odd,
  };
};

function* pieces(line: string): Generator<string> {
  for (let at = 0; at === 0 || at < line.length; at += longestLine) yield line.slice(at, at + longestLine);
}
