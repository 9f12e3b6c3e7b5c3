import Database from "better-sqlite3";

/** What is wrong with a database file, in SQLite's own words, a few at most; nothing when it is sound. */
export const damageOf = (file: string, how: "quickly" | "wholly"): string[] => {
  try {
    const client = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const pragma = how === "wholly" ? "integrity_check(5)" : "quick_check(1)";
      const told = (client.pragma(pragma) as Record<string, string>[]).flatMap((row) => Object.values(row));
      return told.filter((line) => line !== "ok");
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(error.code))
      return [error.message];
    throw error;
  }
};

/** Copies a database as it is at one moment, whoever writes into it meanwhile. */
export const copyDatabase = async (file: string, copy: string): Promise<void> => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // All in one step: between steps a server that writes would make it begin again and again.
    await client.backup(copy, { progress: () => 0x7fffffff });
  } finally {
    client.close();
  }
};
