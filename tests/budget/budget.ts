/**
 * What things may cost at most: counts, which are the same on every machine. How long things take is measured beside a reference by
 * `npm run bench`. Whoever makes one of these cheaper lowers it here.
 */
export const budget = {
  /** A poll of somebody who is signed in, of a run in which nothing has happened. Bytes as they go over the wire, head and all. */
  unchangedPoll: { statements: 0, renders: 0, bytes: 100 },
  /** A change that a hundred pages ask for: renders for all of them; bytes for one that has seen nothing yet, as browsers take them. */
  changedPoll: { renders: 1, statementsOnceRendered: 0, bytes: 6_000 },
  /** The page of a run in a browser that has nothing of ours yet: requests and bytes with all that the page loads. */
  firstVisit: { requests: 6, bytes: 60_000 },
  /** How often a page is drawn anew in the ten minutes after its run fell silent, though nothing happened. */
  quietPage: { draws: 8 },
  /** A hundred event streams of one run that open at once, and stay: reads of its events for all of them, timers that keep them alive. */
  eventStreams: { reads: 2, timers: 1 },
  /** What a server that starts loads at once: packages, and bytes of our own sources. The workflows come on top, each a part of its own. */
  startedServer: {
    packages: [
      "@hono/node-server",
      "@hono/zod-openapi",
      "better-sqlite3",
      "commander",
      "drizzle-orm",
      "hono",
      "pino",
      "ws",
      "zod",
    ],
    bytes: 3_300_000,
  },
  /** From the request for a run until its first step begins; and until one begins that may be done again without asking. */
  start: { commits: 2, commitsWhereRepeatable: 1 },
  /** A step that does nothing; and one that may be done again without asking, which begins with the end of the one before it. */
  step: { commits: 2, commitsWhereRepeatable: 1 },
  /** Pages of 4 KiB that a change of a run writes to the database's log; syncs of the disk a change where ten runs go on at once. */
  change: { logPages: 3, syncsOfTenAtOnce: 0.25 },
  /** What is kept of a run of 16 steps. */
  run: { bytesKept: 9_000 },
} as const;
