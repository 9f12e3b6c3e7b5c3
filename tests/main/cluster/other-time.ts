/** Loaded before all else, it sets the clock of a process wrong by CLOCK_OFF_MS. */
const by = Number(process.env.CLOCK_OFF_MS ?? 0);
const { now } = Date;
globalThis.Date = class extends Date {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [now() + by] : given) as [number]));
  }
  static override now(): number {
    return now() + by;
  }
} as DateConstructor;
