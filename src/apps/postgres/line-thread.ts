import { type MessagePort, workerData } from "node:worker_threads";
import { Client, type QueryArrayResult, type types } from "pg";

/** Statements without values may be several. */
export interface LineQuestion {
  sql: string;
  values?: readonly unknown[];
}

/** Which connection it is: another number after each time that it was made anew. */
export type ConnectionWord = number;

export type LineOrder =
  | { id: number; questions: readonly LineQuestion[]; on: ConnectionWord | undefined }
  | { id: 0; drop: true };

export interface LineAnswer {
  id: number;
  connection: ConnectionWord;
  /** What the very last question was taken for. */
  command?: string;
  columns?: string[];
  rows?: unknown[][];
  failed?: { message: string; code: string; table?: string };
}

const connectMs = 5_000;
const { address, rung, port } = workerData as { address: string; rung: Int32Array; port: MessagePort };

// What an app's tables hold are numbers, texts and truths, and the last ones are 1 and 0 as in SQLite.
const numbers = new Set([20, 21, 23, 700, 701, 1700].map(Number));
const truths = 16;
const read = {
  getTypeParser: (oid: number) =>
    numbers.has(oid) ? Number : oid === truths ? (text: string) => (text === "t" ? 1 : 0) : String,
} as unknown as typeof types;

let open: { client: Client; word: ConnectionWord } | null = null;
/** The one that is open, or about to be. */
let newest: Client | null = null;
let made = 0;

const connected = async (): Promise<{ client: Client; word: ConnectionWord }> => {
  if (open !== null) return open;
  const client = new Client({
    connectionString: address,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    pipeline: true,
    application_name: "milepost apps",
  });
  const one = { client, word: ++made };
  const gone = () => {
    if (open === one) open = null;
  };
  client.on("error", gone);
  client.on("end", gone);
  newest = client;
  await client.connect();
  if (newest !== client) throw new Error("Nobody waits for this connection any more.");
  open = one;
  return one;
};

const answer = async (order: Extract<LineOrder, { questions: unknown }>): Promise<LineAnswer> => {
  const { id, questions, on } = order;
  let word = 0;
  try {
    const one = await connected();
    word = one.word;
    if (on !== undefined && on !== word) throw new Error("The connection to the database was lost.");
    const all = await Promise.allSettled(
      questions.map(({ sql, values }) =>
        one.client.query({
          text: sql,
          rowMode: "array",
          types: read,
          ...(values === undefined ? {} : { values: [...values] }),
        } as { text: string; rowMode: "array" }),
      ),
    );
    const bad = all.find((each) => each.status === "rejected");
    if (bad !== undefined) throw bad.reason;
    const asked = questions.findLastIndex(({ values }) => values !== undefined);
    const [result] = [lastOf(all[asked === -1 ? all.length - 1 : asked])];
    return {
      ...{ id, connection: word },
      command: lastOf(all.at(-1))?.command ?? "",
      columns: result?.fields.map(({ name }) => name) ?? [],
      rows: result?.rows ?? [],
    };
  } catch (error) {
    return { id, connection: word, failed: failureOf(error) };
  }
};

// Several statements have several results.
const lastOf = (settled: PromiseSettledResult<unknown> | undefined): QueryArrayResult | undefined =>
  settled?.status === "fulfilled" ? ([settled.value].flat().at(-1) as QueryArrayResult) : undefined;

/** PostgreSQL's codes have five signs; those of the network are words. */
const failureOf = (error: unknown): NonNullable<LineAnswer["failed"]> => {
  const { message, code, table } = error as { message: string; code?: unknown; table?: string };
  const isTold = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(?:080|57P0)/.test(code);
  return { message, code: isTold ? code : "away", ...(table === undefined ? {} : { table }) };
};

const ring = (): void => {
  Atomics.add(rung, 0, 1);
  Atomics.notify(rung, 0);
};

let last: Promise<unknown> = Promise.resolve();
port.on("message", (order: LineOrder) => {
  if ("drop" in order) {
    // Nobody waits for it any more, and what it was in the middle of is taken back by the server. The next question waits for nothing of it.
    newest?.connection.stream.destroy();
    [open, newest, last] = [null, null, Promise.resolve()];
    return;
  }
  last = last.then(async () => {
    port.postMessage(await answer(order));
    ring();
  });
});
ring();
