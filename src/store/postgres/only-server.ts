import { Client } from "pg";
import { AppError } from "#core/errors.ts";

/** Which of PostgreSQL's advisory locks is ours: the letters "MILEPOST" as one number. */
const lock = "5569066274804159316";
/** So long after a connection broke it is tried again. */
const againMs = 1_000;

/**
 * Makes sure that one server uses this database: holds a lock of the session, which PostgreSQL drops with the connection. `lost` hears that
 * another server has taken it after our connection broke. Throws AppError("conflict") when another server has it.
 */
export const holdAlone = async (
  url: string,
  lost: (error: Error) => void,
): Promise<{ release(): Promise<void> }> => {
  let ended = false;
  let held: Client | null = null;
  const take = async (): Promise<boolean> => {
    const client = new Client({
      connectionString: url,
      application_name: "milepost (lock)",
      keepAlive: true,
    });
    client.on("error", () => {
      if (held === client) takeAgain();
    });
    await client.connect();
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS taken", [lock]);
    held = client;
    if (rows[0]?.taken === true) return true;
    await release();
    return false;
  };
  const takeAgain = (): void => {
    if (ended) return;
    setTimeout(() => {
      take().then(
        (taken) => taken || lost(new Error("Another Milepost server has taken the database over.")),
        takeAgain,
      );
    }, againMs).unref();
  };
  const release = async (): Promise<void> => {
    ended = true;
    await held?.end();
  };
  if (!(await take()))
    throw new AppError(
      "conflict",
      "Another Milepost server is using this database. Stop it first, or name another one with MILEPOST_DATABASE.",
    );
  return { release };
};

/** Whether a server is using this database now. */
export const isInUse = async (url: string): Promise<boolean> => {
  try {
    await (await holdAlone(url, () => {})).release();
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === "conflict") return true;
    throw error;
  }
};
