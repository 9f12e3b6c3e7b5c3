import { createHash } from "node:crypto";
import { stopSentence } from "#connectors/ssh/exec-result.ts";
import { AppError } from "#core/errors.ts";
import type { Machine, Ran } from "#kits/machine.ts";
import { type JobState, readLook, type Seen } from "./looking.ts";
import { beginScript, lookScript, removeScript, triesScript, wholeMark } from "./on-machine.ts";
import type { Place } from "./place.ts";

const beginLimitMs = 45_000;
const lookLimitMs = 30_000;
/** The end of the output, of which the result is made. */
const tailBytes = 64 * 1024;

/**
 * Begins it, once however often this is asked: gives the try that runs, which may be an earlier one that runs the same and is not over yet.
 * Nothing breaks it off: to be told to stop in the middle of it would end what is just begun.
 */
export const begin = async (
  machine: Machine,
  place: Place,
  text: string,
  shell?: readonly string[],
): Promise<string> => {
  const whole = `${text}${wholeMark}\n`;
  const digest = createHash("sha256").update(whole).digest("hex");
  const ask = () =>
    run(machine, beginScript, place, [digest], {
      ...{ signal: new AbortController().signal, stdin: whole, timeoutMs: beginLimitMs },
    });
  for (let times = 0; times < 3; times++) {
    const { code, stdout, stderr } = await ask();
    const [, said, which = ""] = /^(begun|other) ([\w-]+)$/m.exec(stdout) ?? [];
    if (code !== 0 || said === undefined) throw notBegun(machine.name, code, stderr);
    if (said === "begun") return which;
    // It was given something else to do, by an earlier input.
    await endOne(machine, { ...place, try: which }, AbortSignal.timeout(lookLimitMs), shell);
  }
  throw new AppError(
    "conflict",
    `What this step began earlier still runs on ${machine.name} and could not be ended. End it there, then try again.`,
    { canPass: false },
  );
};

const notBegun = (name: string, code: number | null, stderr: string): AppError =>
  new AppError(
    "remote-failed",
    `It could not be begun on ${name}: ${reasons[code ?? -1] ?? "its shell did not do what it was told."}`,
    {
      canPass: false,
      detail: stderr.trim().slice(-4_000),
    },
  );

const reasons: Readonly<Record<number, string>> = {
  73: "there is no place where it may keep what it has to say.",
  74: "what it is to do could not be written down there whole. Is the disk full?",
  75: "no process could be started.",
};

export const lookAt = async (
  machine: Machine,
  place: Place,
  { from, most, path, signal }: { from: number; most: number; path: string; signal: AbortSignal },
): Promise<Seen> => {
  const { stdout } = await run(machine, lookScript, place, [String(from), String(most), path], { signal });
  return readLook(stdout, machine.name);
};

export const tailOf = async (
  machine: Machine,
  place: Place,
  { writtenBytes }: Seen,
  signal: AbortSignal,
): Promise<string> => {
  const from = Math.max(0, writtenBytes - tailBytes);
  const { bytes } = await lookAt(machine, place, { from, most: tailBytes, path: "", signal });
  return bytes.toString("utf8");
};

/** Takes away what tells of it there. */
export const remove = async (machine: Machine, place: Place, signal: AbortSignal): Promise<void> => {
  await run(machine, removeScript, place, [], { signal });
};

/** What became of something that was to end there. */
interface Ended {
  sentence: string;
  confirmed: boolean;
}

/** Ends whatever this step began there, and says of each what became of it. `shell` runs it there, perhaps as another user. */
export const endAll = async (
  machine: Machine,
  place: Place,
  signal: AbortSignal,
  shell?: readonly string[],
): Promise<Ended[]> => {
  const { stdout } = await run(machine, triesScript, place, [], { signal });
  const all: Ended[] = [];
  for (const name of stdout.split("\n").filter((line) => /^[\w-]+$/.test(line)))
    all.push(await endOne(machine, { ...place, try: name }, signal, shell));
  return all;
};

const endOne = async (
  machine: Machine,
  place: Place,
  signal: AbortSignal,
  shell?: readonly string[],
): Promise<Ended> => {
  const { state, pid, code } = await lookAt(machine, place, { from: 0, most: 0, path: "", signal });
  if (code !== null || pid === null || !isAlive(state)) {
    await remove(machine, place, signal);
    const sentence =
      code === null
        ? `Nothing of it runs on ${machine.name}.`
        : `It had already ended on ${machine.name}, with code ${code}.`;
    return { sentence, confirmed: true };
  }
  const receipt = await machine.end(place.nonce, pid, shell);
  if (receipt.confirmed) await remove(machine, place, signal);
  return { sentence: stopSentence(receipt, machine.name), confirmed: receipt.confirmed };
};

export const isAlive = (state: JobState): boolean => state === "running" || state === "orphan";

const run = (
  machine: Machine,
  script: string,
  { base, step, try: name, nonce }: Place,
  words: readonly string[],
  options: { signal: AbortSignal; stdin?: string; timeoutMs?: number },
): Promise<Ran> =>
  machine.run(["sh", "-c", script, "milepost", base, step, name, nonce, ...words], {
    timeoutMs: lookLimitMs,
    ...options,
  });
