import Database from "better-sqlite3";

/** A file of the export registry as it was saved. */
export interface KeptFile {
  title: string;
  /** Within the folder of exports. */
  path: string;
  sizeBytes: number | null;
  sha256: string | null;
}

/** The files that the registry says are here. */
export const keptFiles = (file: string): KeptFile[] => {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return client
      .prepare(
        "SELECT title, file_path AS path, size_bytes AS sizeBytes, sha256 FROM exports WHERE status = 'ready' AND file_path IS NOT NULL AND deleted_at IS NULL",
      )
      .all() as KeptFile[];
  } finally {
    client.close();
  }
};
