import { setImmediate as nextTurn } from "node:timers/promises";
import { Client } from "pg";
import type { Log } from "#core/log.ts";
import type { Run } from "#core/run.ts";

/** What nodes tell each other. */
export interface Words {
  /** Runs that changed, and from which of their events on. */
  runs: readonly (readonly [id: string, from: number])[];
  /** Runs that were deleted, without what people gave to them. */
  gone: readonly Run[];
  /** Kinds of things that a process may remember and that changed. */
  about: readonly string[];
  /** There is something to do for whoever has room. */
  work: boolean;
}

export interface Announcements {
  say(words: Partial<Words>): void;
  /** False while what others say may not arrive here: then they have to be asked. */
  hears(): boolean;
  /** What the connection is called has changed. */
  rename(): Promise<void>;
  close(): Promise<void>;
}

interface AnnouncementsOptions {
  url: string;
  /** Names this process among the others. */
  node: string;
  /** What its connection is called. */
  called(): string;
  hear(words: Words): void;
  /** Something may have been said while nobody here listened. */
  missed(): void;
  log: Log;
}

const channel = "milepost";
/** What a process says as a part of a commit, to those who have room: the channel and the message. */
export const wordOfWork = (node: string): [string, string] => [
  channel,
  JSON.stringify({ by: node, work: true }),
];
/** PostgreSQL takes 8,000 bytes. */
const mostBytes = 7_000;
const againMs = 500;
/** It speaks to itself this often; where that does not come back, nothing else does, as behind a pooler of transactions. */
const pingMs = 2_000;
const silenceMs = 5_000;

/**
 * Speaks and listens on a connection of its own, by LISTEN and NOTIFY, and connects anew for as long as it is open. What is said while it is not
 * connected is said when it is. What others say meanwhile is lost: `missed` tells when.
 */
export const openAnnouncements = ({
  url,
  node,
  called,
  hear,
  missed,
  log,
}: AnnouncementsOptions): Announcements => {
  let client: Client | null = null;
  let closed = false;
  let heardAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const unsaid = createUnsaid();
  let saying: Promise<void> | null = null;

  const lose = (lost: Client): void => {
    if (client !== lost) return;
    client = null;
    clearTimeout(timer);
    lost.end().catch(() => {});
    if (!closed) timer = setTimeout(tryToConnect, againMs);
  };
  const connect = async (): Promise<void> => {
    const fresh = new Client({
      connectionString: url,
      application_name: called(),
      keepAlive: true,
      connectionTimeoutMillis: silenceMs,
      query_timeout: silenceMs,
    });
    fresh.on("error", () => lose(fresh));
    fresh.on("end", () => lose(fresh));
    fresh.on("notification", ({ payload = "" }) => {
      heardAt = performance.now();
      const { by, ...words } = JSON.parse(payload) as Partial<Words> & { by: string };
      if (by !== node) hear({ runs: [], gone: [], about: [], work: false, ...words });
    });
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
    } catch (error) {
      fresh.end().catch(() => {});
      throw error;
    }
    if (closed) return fresh.end();
    client = fresh;
    heardAt = performance.now();
    const ping = (): void => {
      notify(fresh, [{}]).then(
        () => {
          if (client === fresh) timer = setTimeout(ping, pingMs);
        },
        () => lose(fresh),
      );
    };
    ping();
    missed();
    flush();
  };
  const tryToConnect = (): void => {
    connect().catch((error: unknown) => {
      log.warn({ err: error }, "what other nodes say cannot be heard for now; they are asked instead");
      if (!closed) timer = setTimeout(tryToConnect, againMs);
    });
  };

  const notify = async (through: Client, words: readonly Partial<Words>[]): Promise<void> => {
    const payloads = words.map((one) => JSON.stringify({ by: node, ...one }));
    await through.query("SELECT pg_notify($1, said) FROM unnest($2::text[]) AS said", [channel, payloads]);
  };
  const flush = (): void => {
    const through = client;
    if (through === null || saying !== null || unsaid.isNothing()) return;
    // What is committed within one turn is said together.
    saying = nextTurn()
      .then(async () => {
        const words = unsaid.take();
        await notify(through, inPieces(words)).catch(() => {
          unsaid.add(words);
          lose(through);
        });
      })
      .finally(() => {
        saying = null;
        flush();
      });
  };

  tryToConnect();
  return {
    say: (words) => {
      unsaid.add(words);
      flush();
    },
    hears: () => client !== null && performance.now() - heardAt < silenceMs,
    rename: async () => {
      await client?.query("SELECT set_config('application_name', $1, false)", [called()]);
    },
    close: async () => {
      await saying;
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
};

/** What is to be said, each thing once. */
const createUnsaid = () => {
  const runs = new Map<string, number>();
  const about = new Set<string>();
  let gone: Run[] = [];
  let work = false;
  return {
    isNothing: () => runs.size + about.size + gone.length === 0 && !work,
    add: (words: Partial<Words>) => {
      for (const [id, from] of words.runs ?? []) runs.set(id, Math.min(from, runs.get(id) ?? from));
      for (const one of words.about ?? []) about.add(one);
      gone.push(...(words.gone ?? []));
      work ||= words.work === true;
    },
    take: (): Words => {
      const words = { runs: [...runs], gone, about: [...about], work };
      runs.clear();
      about.clear();
      gone = [];
      work = false;
      return words;
    },
  };
};

/** As few messages as hold it all. */
const inPieces = ({ runs, gone, about, work }: Words): Partial<Words>[] => {
  const pieces: Partial<Words>[] = gone.map((one) => ({ gone: [one] }));
  if (about.length > 0 || work) pieces.push({ about, work });
  let piece: Words["runs"][number][] = [];
  let bytes = 0;
  for (const run of runs) {
    bytes += JSON.stringify(run).length + 1;
    if (bytes > mostBytes) {
      pieces.push({ runs: piece });
      piece = [];
      bytes = 0;
    }
    piece.push(run);
  }
  return piece.length === 0 ? pieces : [...pieces, { runs: piece }];
};
