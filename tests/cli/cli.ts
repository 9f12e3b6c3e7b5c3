import { Command, CommanderError } from "commander";
import { createClient } from "#cli/client.ts";
import { codeOfError, exitCodes } from "#cli/exit-codes.ts";
import { addRemoteVerbs } from "#cli/program.ts";
import type { Terminal } from "#cli/terminal.ts";

export interface Said {
  code: number;
  out: string;
  err: string;
}

interface Person {
  /** What is typed at each question, in order; without it nobody sits there. */
  types?: readonly string[];
  /** Gets the function that presses Ctrl+C. */
  presses?: (interrupt: () => void) => void;
}

/** `milepost …` in this process, as main calls it. */
export const milepost = async (
  at: { url: string; token: string | null },
  args: readonly string[],
  { types, presses }: Person = {},
): Promise<Said> => {
  const said: Said = { code: -1, out: "", err: "" };
  const left = [...(types ?? [])];
  const terminal: Terminal = {
    isPerson: types !== undefined,
    columns: () => 80,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    ask: async (question) => {
      said.out += question;
      const typed = left.shift();
      if (typed === undefined) throw new Error(`Nobody answers “${question}”.`);
      return typed;
    },
    onInterrupt: (call) => {
      presses?.(call);
      return () => {};
    },
  };
  const program = new Command("milepost").exitOverride().configureOutput({
    writeOut: (text) => void terminal.out(text),
    writeErr: (text) => void terminal.err(text),
  });
  addRemoteVerbs(program, {
    terminal,
    connect: async () => createClient({ url: new URL(at.url), token: at.token }),
    end: (code) => {
      said.code = code;
    },
  });
  try {
    await program.parseAsync(["node", "milepost", ...args]);
  } catch (error) {
    if (error instanceof CommanderError) said.code = error.exitCode === 0 ? 0 : exitCodes.wrongUse;
    else {
      said.err += `${error instanceof Error ? error.message : String(error)}\n`;
      said.code = codeOfError(error);
    }
  }
  return said;
};
