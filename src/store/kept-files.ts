import type { Plain } from "./plain.ts";

/** A file of the export registry as it was saved. */
export interface KeptFile {
  title: string;
  /** Within the folder of exports. */
  path: string;
  sizeBytes: number | null;
  sha256: string | null;
}

/** The files that the registry says are here. */
export const keptFiles = async (plain: Plain): Promise<KeptFile[]> => {
  const found = await plain.rows(
    "SELECT title, file_path, size_bytes, sha256 FROM exports WHERE status = 'ready' AND file_path IS NOT NULL AND deleted_at IS NULL",
  );
  return found.map(({ title, file_path, size_bytes, sha256 }) => ({
    title: String(title),
    path: String(file_path),
    sizeBytes: size_bytes === null ? null : Number(size_bytes),
    sha256: sha256 === null ? null : String(sha256),
  }));
};
