import { AppError } from "#core/errors.ts";
import { ExecError, type ExecResult, type StopReceipt, stopSentence } from "./exec-result.ts";

export const stoppedError = (
  name: string,
  timeoutMs: number,
  result: ExecResult,
  receipt: StopReceipt,
): ExecError => {
  const what = {
    cancelled: "was cancelled",
    "timed-out": `did not end within ${Math.round(timeoutMs / 100) / 10} s`,
    "too-large": "wrote more than can be kept of it",
  }[receipt.asked];
  return new ExecError(
    receipt.asked,
    `“${short(result.command)}” ${what}. ${stopSentence(receipt, name)}`,
    result,
  );
};

export const oddError = (where: string, { noise }: ExecResult): AppError =>
  new AppError(
    "remote-odd",
    `${where} answers a command with something without end, as no shell does. It was hung up on.`,
    {
      canPass: false,
      detail: noise.slice(0, 400),
    },
  );

export const lostError = (name: string, result: ExecResult, cause?: unknown): ExecError =>
  new ExecError(
    "unreachable",
    `The connection to ${name} broke while “${short(result.command)}” ran; whether it took effect is not known.`,
    result,
    cause,
  );

export const noEndError = (name: string, result: ExecResult): ExecError =>
  new ExecError(
    "remote-odd",
    `${name} closed “${short(result.command)}” without saying how it ended; whether it took effect is not known.`,
    result,
  );

export const notRunError = (where: string, { noise }: Pick<ExecResult, "noise">): AppError =>
  new AppError(
    "remote-refused",
    `${where} did not run the command: its login shell or a forced command answered instead.`,
    { detail: noise.slice(0, 4_000) },
  );

const short = (command: string): string => {
  const [line = ""] = command.trim().split("\n");
  return line.length > 80 || line !== command.trim() ? `${line.slice(0, 79)}…` : line;
};
