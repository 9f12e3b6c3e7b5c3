import { Pool } from "pg";
import { away } from "./answering.ts";

/** Whoever asks about an app is told sooner than this that nothing answers. */
const silentMs = 2_000;
/** What was found out is taken to hold for so long. */
const freshMs = 100;

/**
 * Finds out whether a database answers, while others have their turn: questions about apps are asked on the spot, and one that a silent database does not
 * answer would hold up everybody. Throws AppError("unreachable").
 */
export const openAwake = (database: string): { awake(): Promise<void>; close(): void } => {
  const pool = new Pool({
    connectionString: database,
    max: 1,
    connectionTimeoutMillis: silentMs,
    query_timeout: silentMs,
    application_name: "milepost",
  });
  // A connection that breaks while nobody uses it is replaced by the next one.
  pool.on("error", () => {});
  let answeredUntil = 0;
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    try {
      await pool.query("SELECT 1");
      answeredUntil = performance.now() + freshMs;
    } catch (cause) {
      throw away(cause);
    } finally {
      looking = null;
    }
  };
  return {
    awake: async () => {
      if (performance.now() < answeredUntil) return;
      looking ??= look();
      await looking;
    },
    close: () => void pool.end(),
  };
};
