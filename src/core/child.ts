/** A process of our own for work that must not hold up or bring down the one that begins it. It ends with the process that began it. */
export interface Child {
  pid: number | undefined;
  send(message: object): void;
  /** Kills it; `graceMs` is what it gets to end by itself before that. Resolves when it is gone. */
  end(graceMs?: number): Promise<void>;
  /** Resolves with how it ended, as the end of a sentence: "was killed (SIGKILL)". */
  ended: Promise<string>;
}

export interface ChildOptions {
  /** The file that it runs. */
  entry: URL;
  args?: readonly string[];
  /** Of JavaScript objects; beyond it the process ends. */
  memoryMb: number;
  /** Killed when nothing was heard of it for so long. It says by itself that it is alive, as long as it is not stuck. */
  silentMs?: number;
  onMessage(message: unknown): void;
}

export type StartChild = (options: ChildOptions) => Child;
