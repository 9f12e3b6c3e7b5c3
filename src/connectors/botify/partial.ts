import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { z } from "zod";

/** What a half-downloaded file is a half of; kept in a small JSON file beside it, so that a restarted server can go on. */
export interface Source {
  /** Origin and path of the address: a fresh link differs in its signature, which is in the query. */
  address: string;
  /** A strong ETag or a Last-Modified, for If-Range; null when the server gave none, and then nothing can be resumed. */
  validator: string | null;
  totalBytes: number | null;
}

const schema = z.object({
  address: z.string(),
  validator: z.string().nullable(),
  totalBytes: z.int().min(0).nullable(),
});

export const addressOf = (url: URL): string => url.origin + url.pathname;

const besideOf = (part: string): string => `${part}.json`;

export const rememberSource = async (part: string, source: Source): Promise<void> => {
  const beside = besideOf(part);
  await writeFile(`${beside}.new`, JSON.stringify(source));
  await rename(`${beside}.new`, beside);
};

/** How many bytes of this address are here and may be gone on from; nothing when it cannot be known for sure. */
export const resumable = async (
  part: string,
  url: URL,
): Promise<{ doneBytes: number; source: Source | null }> => {
  const nothing = { doneBytes: 0, source: null };
  const source = await readSource(part);
  if (source?.validator == null || source.address !== addressOf(url)) return nothing;
  const doneBytes = await stat(part).then(
    (file) => (file.isFile() ? file.size : 0),
    () => 0,
  );
  return doneBytes === 0 || doneBytes > (source.totalBytes ?? doneBytes) ? nothing : { doneBytes, source };
};

/** Removes a partial (or finished but not yet renamed) download and what we know of it. */
export const discardPartial = async (part: string): Promise<void> => {
  await rm(besideOf(part), { force: true });
  await rm(part, { force: true });
};

const readSource = async (part: string): Promise<Source | null> => {
  try {
    return schema.parse(JSON.parse(await readFile(besideOf(part), "utf8")));
  } catch {
    // Missing or unreadable means only that the download starts anew.
    return null;
  }
};
