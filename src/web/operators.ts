import { type Context, Hono } from "hono";
import { AppError, type ErrorCode } from "#core/errors.ts";
import { isHidden } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { isOut } from "#core/storage.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import type { Counters } from "./live/counters.ts";
import { metricsText } from "./metrics.ts";
import { watchOutcomes } from "./run-counts.ts";
import { hiddenIn } from "./seen.ts";

type OperatorDeps = Pick<
  WebDeps,
  "engine" | "store" | "storage" | "authored" | "log" | "clock" | "loopDelay" | "news" | "notify" | "nodes"
>;

/** For those who run the server: is it up, can it work, what does it do. */
export const operators = (deps: OperatorDeps, counters: Counters) => {
  const { engine, store, storage, clock } = deps;
  const counts = watchOutcomes(deps);
  return new Hono<WebEnv>()
    .get(routes.healthy.pattern, (c) => c.text("ok\n"))
    .get(routes.ready.pattern, async (c) => readiness(c, await whyNotReady(deps)))
    .get(routes.metrics.pattern, async (c) => {
      const hidden = hiddenIn(c);
      const [runs, room, due, here] = await Promise.all([
        engine.countRuns(hidden),
        storage.room().catch(() => null),
        store.nextWake(),
        runsHere(deps).catch(() => null),
      ]);
      const now = clock.now();
      const { user, system } = process.cpuUsage();
      const measured = {
        version: deps.news.version,
        runs,
        ended: [...counts.ended].filter(([workflowId]) => !isHidden(hidden, workflowId)),
        estimates: counts.estimates,
        counters,
        delay: deps.loopDelay(),
        queueMs: due === null ? 0 : Math.max(0, now - due),
        here,
        mended: deps.nodes?.mended() ?? null,
        use: storage.lastUse(),
        room,
        sent: deps.notify.counts.all(),
        process: {
          residentBytes: process.memoryUsage.rss(),
          cpuSeconds: (user + system) / 1e6,
          startedAt: Math.round(performance.timeOrigin),
        },
      };
      return c.body(metricsText(measured), 200, {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      });
    });
};

const runsHere = async ({ nodes }: OperatorDeps): Promise<number | null> => {
  const all = await nodes?.all();
  return all?.find(({ name }) => name === nodes?.name)?.runs ?? null;
};

/** By code, since messages name places of this machine. */
const faultWords = (isShared: boolean): Partial<Record<ErrorCode, string>> => ({
  "disk-full": " Its disk is full.",
  "store-busy": isShared ? " PostgreSQL does not answer, or is too busy." : " Another program holds it.",
});

interface Fault {
  what: "store" | "disk" | "workflows";
  /** A sentence without paths: whoever asks need not be signed in. */
  because: string;
}

const whyNotReady = async ({ store, nodes, storage, authored, log }: OperatorDeps): Promise<Fault[]> => {
  const faults: Fault[] = [];
  if (authored.isBeingRead())
    faults.push({ what: "workflows", because: "The workflows of the folder are still being read." });
  try {
    await store.healthy();
  } catch (error) {
    log.error({ err: error }, "the store is not healthy");
    const known = error instanceof AppError ? (faultWords(nodes !== null)[error.code] ?? "") : "";
    faults.push({
      what: "store",
      because: `The store cannot be written.${known} The server's log says why.`,
    });
  }
  const room = await storage.room().catch(() => null);
  if (room === null) faults.push({ what: "disk", because: "Nobody can say how much room the disk has." });
  else if (isOut(room)) {
    const mb = (bytes: number) => Math.round(bytes / 1e6).toLocaleString("en");
    faults.push({
      what: "disk",
      because: `Only ${mb(room.freeBytes)} MB are free, and nothing new is begun below ${mb(room.leastBytes)} MB.`,
    });
  }
  return faults;
};

const readiness = (c: Context<WebEnv>, faults: readonly Fault[]) => {
  const status = faults.length === 0 ? 200 : 503;
  if (c.req.header("Accept")?.includes("application/json") === true)
    return c.json({ ready: faults.length === 0, faults }, status);
  return c.text(
    faults.length === 0 ? "ready\n" : faults.map(({ because }) => `${because}\n`).join(""),
    status,
  );
};
