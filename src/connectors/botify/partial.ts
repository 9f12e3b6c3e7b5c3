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

export interface Resumable {
  doneBytes: number;
  source: Source | null;
  /** Why nothing may be gone on from, as the beginning of a sentence; null where something may. */
  whyAnew: string | null;
}

/** How many bytes of this address are here and may be gone on from; nothing when it cannot be known for sure. */
export const resumable = async (part: string, url: URL): Promise<Resumable> => {
  const nothing = (whyAnew: string): Resumable => ({ doneBytes: 0, source: null, whyAnew });
  const source = await readSource(part);
  if (source === null)
    return nothing(
      "Nothing that was fetched before is on this machine's disk (what another worker fetched is on that one's)",
    );
  if (source.validator === null)
    return nothing("By nothing that the server said of the file can be told whether it is still the same");
  if (source.address !== addressOf(url)) return nothing("The file has another address than before");
  const doneBytes = await stat(part).then(
    (file) => (file.isFile() ? file.size : 0),
    () => 0,
  );
  if (doneBytes === 0) return nothing("No byte was kept of what was fetched before");
  return doneBytes > (source.totalBytes ?? doneBytes)
    ? nothing("More was fetched before than the file has")
    : { doneBytes, source, whyAnew: null };
};

/** Removes a partial (or finished but not yet renamed) download and what we know of it. */
export const discardPartial = async (part: string): Promise<void> => {
  await rm(besideOf(part), { force: true });
  await rm(part, { force: true });
};

/** What is known of a half-downloaded file; null where nothing is, so that the download starts anew. */
export const readSource = async (part: string): Promise<Source | null> =>
  sourceIn(await readFile(besideOf(part), "utf8").catch(() => ""));

/** The same of what was written down; null where that cannot be read. */
export const sourceIn = (text: string): Source | null => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
};
