import { AppError } from "#core/errors.ts";

export type JobState = "running" | "orphan" | "gone" | "restarted" | "starting" | "unbegun" | "none";

/** What one look found. */
export interface Seen {
  state: JobState;
  /** How it ended; null: that is not written down. */
  code: number | null;
  pid: number | null;
  /** All that it wrote so far. */
  writtenBytes: number;
  /** From which byte of that on `bytes` are. */
  from: number;
  bytes: Buffer;
  /** Of the file that was asked for; null where there is none. */
  sizeBytes: number | null;
}

const answer =
  /^job (running|orphan|gone|restarted|starting|unbegun|none) (-|\d{1,3}) (-|\d{1,10}) (-|\d{1,16}) (\d{1,16}) (\d{1,16}) (\d{1,9}) *(-|\d{1,16})?$/;

/** Reads what `lookScript` printed. Throws AppError("remote-odd"). */
export const readLook = (said: string, name: string): Seen => {
  const [first = "", how = "", ...rest] = said.split("\n");
  const [, state, code = "-", pid = "-", letGo = "-", held = "", from = "", taken = "", size = "-"] =
    answer.exec(first.trimEnd()) ?? [];
  if (state === undefined) throw odd(name, said);
  const text = rest.join("");
  const bytes = Buffer.from(text.replace(/\s/g, ""), how.trim() === "od" ? "hex" : "base64");
  if (bytes.length !== Number(taken)) throw odd(name, said);
  return {
    state: state as JobState,
    code: code === "-" ? null : Number(code),
    pid: pid === "-" ? null : Number(pid),
    writtenBytes: letGo === "-" ? Number(from) : Number(letGo) + Number(held),
    from: Number(from),
    bytes,
    sizeBytes: size === "-" ? null : Number(size),
  };
};

const odd = (name: string, said: string): AppError =>
  new AppError("remote-odd", `${name} did not say what became of what was begun there.`, {
    detail: said.slice(0, 400),
  });

/** Whole lines of what came, how many bytes of it they are, and what stands behind them. `last`: no more will come. */
export const linesIn = (
  bytes: Buffer,
  { last, full }: { last: boolean; full: boolean },
): { lines: { text: string; over: boolean }[]; takenBytes: number; rest: string } => {
  const end = last ? bytes.length : endOf(bytes);
  // A line that fills all that is asked for at once is not waited for.
  const takenBytes = end === 0 && full ? bytes.length : end;
  const lines: { text: string; over: boolean }[] = [];
  const text = bytes.subarray(0, takenBytes).toString("utf8");
  for (const [whole, line = "", ending = ""] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g))
    if (whole !== "") lines.push({ text: line, over: ending === "\r" });
  // A letter may be cut in its middle.
  const rest = new TextDecoder().decode(bytes.subarray(takenBytes), { stream: true }).replace(/\r$/, "");
  return { lines, takenBytes, rest };
};

const [lineFeed, carriageReturn] = [10, 13];

/** Behind the last end of a line. A carriage return at the very end may belong to a line feed. */
const endOf = (bytes: Buffer): number => {
  const feed = bytes.lastIndexOf(lineFeed);
  const back = bytes.subarray(0, -1).lastIndexOf(carriageReturn);
  return Math.max(feed, back) + 1;
};
