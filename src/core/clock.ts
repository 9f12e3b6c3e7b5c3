/** Time as it is handed to the engine, so that tests can own it. All times are milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`; the function returned calls it off. */
  after(ms: number, call: () => void): () => void;
}
