/** Why work on a run is broken off: a person cancelled it, the server closes, or another worker has the run now. */
export class Stop extends Error {
  override readonly name = "Stop";
  readonly why: "cancel" | "closing" | "lost";
  constructor(why: Stop["why"]) {
    super(`stopped: ${why}`);
    this.why = why;
  }
}
