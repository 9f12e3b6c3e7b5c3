import { gunzipSync } from "node:zlib";
import { type Assumed, assumed, type Place } from "./assumed.ts";
import { differences } from "./differences.ts";

export interface Account {
  /** Ending in a slash. */
  api: string;
  token: string;
}

/** Asks one pair; gives the answer and in what it is other than assumed. */
export const replay = async (
  { api, token }: Account,
  pair: Assumed,
  at: Place,
): Promise<{ differs: string[]; body: unknown }> => {
  const body = pair.body?.(at);
  const answer = await fetch(new URL(pair.path(at), api), {
    method: pair.method,
    headers: {
      authorization: `Token ${token}`,
      "content-type": "application/json",
      "user-agent": "Milepost",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = parsed(text);
  const status =
    answer.status === pair.status ? [] : [`the status is ${answer.status}, and ${pair.status} was assumed`];
  const shape =
    json === undefined ? [`the answer is no JSON: ${text.slice(0, 100)}`] : differences(json, pair.answer);
  return { differs: [...status, ...shape], body: json };
};

export const readOnly = assumed.filter(({ costs }) => costs !== true);

/** Orders the export of one row, waits for it, and gives in what anything on the way was other than assumed. */
export const replayExport = async (account: Account, place: Place, everyMs: number): Promise<string[]> => {
  const [order, done] = assumed.filter(({ costs }) => costs === true);
  if (order === undefined || done === undefined) throw new Error("no pairs of an export");
  const ordered = await replay(account, order, place);
  const job = String((ordered.body as { job_id?: unknown } | undefined)?.job_id ?? "");
  const words: string[] = [];
  for (let look = 1; look <= mostLooks; look++) {
    const { differs, body } = await replay(account, done, { ...place, job });
    const { job_status: word = "", results } = (body ?? {}) as {
      job_status?: string;
      results?: { download_url?: string } | null;
    };
    if (words.at(-1) !== word) words.push(word);
    if (word === "DONE" || word === "FAILED" || word === "") {
      const file =
        word === "DONE"
          ? await fileDiffers(results?.download_url ?? "")
          : [`the job ended as ${words.join(", ")}`];
      return [...ordered.differs, ...differs, ...file];
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return [...ordered.differs, `the job was not done after ${mostLooks} looks: ${words.join(", ")}`];
};

const mostLooks = 120;

const fileDiffers = async (url: string): Promise<string[]> => {
  // Without the token: the link has to be enough.
  const answer = await fetch(url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const [header = "", ...rows] = (isGzip ? gunzipSync(bytes) : bytes)
    .toString("utf8")
    .trimEnd()
    .split(/\r?\n/);
  return [
    ...(answer.status === 200 ? [] : [`the file's status is ${answer.status}`]),
    ...(isGzip ? [] : ["the file is no gzip"]),
    ...(header === "url" ? [] : [`the header is “${header}”, and “url” was assumed`]),
    ...(rows.length >= 1 && rows.every((one) => /^"?https?:/.test(one))
      ? []
      : [`the rows are ${JSON.stringify(rows.slice(0, 3))}`]),
  ];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
