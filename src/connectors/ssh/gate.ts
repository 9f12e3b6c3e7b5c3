/**
 * Lets so many through at a time and keeps the others in a queue, first come first served. The limit can be lowered when the other
 * side turns out to allow less.
 */
export class Gate {
  #limit: number;
  #inside = 0;
  readonly #queue: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Resolves when there is room; call what it gives exactly once to leave. Throws the signal's reason while still waiting. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#inside < this.#limit && this.#queue.length === 0) return this.#in();
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#queue.splice(this.#queue.indexOf(turn), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(turn);
    });
    return this.#leaver();
  }

  /** From now on only as many as `limit`, at least one. */
  lowerTo(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, limit));
  }

  #in(): () => void {
    this.#inside++;
    return this.#leaver();
  }

  #leaver(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside--;
      while (this.#inside < this.#limit) {
        const next = this.#queue.shift();
        if (next === undefined) return;
        // Counted here, not when its promise runs, or a newcomer could slip in between.
        this.#inside++;
        next();
      }
    };
  }
}
