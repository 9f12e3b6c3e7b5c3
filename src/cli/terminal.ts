import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Where a verb reads and writes; tests hand in their own. */
export interface Terminal {
  /** Somebody sits there: lines may be redrawn and questions asked. */
  isPerson: boolean;
  columns(): number;
  out(text: string): void;
  /** Beside what a program reads. */
  err(text: string): void;
  ask(question: string, how?: { unseen: boolean }): Promise<string>;
  /** Calls for each Ctrl+C until the function returned is called. */
  onInterrupt(call: () => void): () => void;
}

/** The terminal of this process. */
export const thisTerminal = (): Terminal => ({
  isPerson: process.stdin.isTTY === true && process.stdout.isTTY === true,
  columns: () => process.stdout.columns || 80,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ask: async (question, { unseen } = { unseen: false }) => {
    process.stdout.write(question);
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const reader = createInterface({
      input: process.stdin,
      output: unseen ? nowhere : process.stdout,
      terminal: process.stdin.isTTY,
    });
    try {
      return await new Promise<string>((resolve, reject) => {
        reader.once("SIGINT", () => {
          process.stdout.write("\n");
          process.kill(process.pid, "SIGINT");
        });
        reader.once("close", () => reject(new Error("Nobody answered.")));
        reader.question(unseen ? "" : question).then(resolve, reject);
      });
    } finally {
      reader.close();
      if (unseen) process.stdout.write("\n");
    }
  },
  onInterrupt: (call) => {
    process.on("SIGINT", call);
    return () => void process.off("SIGINT", call);
  },
});
