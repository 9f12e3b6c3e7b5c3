import type { Identity } from "#core/accounts.ts";
import { AppError, noRun } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import type { RunView } from "#views/run/parts.tsx";
import { RunSwaps } from "#views/run/swaps.tsx";
import { visibleHtml } from "#views/visible-html.ts";
import type { WebDeps } from "#web/deps.ts";
import { type Encoded, encoded } from "#web/encoded.ts";
import { type Drawing, draw, lacking, readSeen, seenOf, withTyped } from "./drawing.tsx";
import { createMadeOnce } from "./made-once.ts";
import type { Renderings } from "./renderings.ts";

/** Pictures are large when a run logs much; they are only needed until all who watch have asked for the change. */
const mostPictures = 20;

/** Drawings are kept as long as somebody may come back to one: without it they are sent everything. */
const mostDrawnBytes = 16 * 1024 * 1024;

/** Whatever pages ask for, what is out of date though nothing happened is drawn anew once in this time. */
const roundMs = 5_000;

/** Runs as pages show them, read and drawn once per change however many watch. */
export interface RunViews {
  /** The run at `version` or a newer one. `stale`: what was drawn at this version may have outlived what it says of time. */
  look(runId: string, version: number, stale: boolean, who: Identity): Promise<Look>;
}

export interface Look {
  picture: RunPicture;
  handOver: boolean;
  /** What a page has seen that shows this. */
  seen: string;
  /** What a page lacks that has seen `told`; with a question as somebody has filled it in so far, which is theirs alone. */
  since(told: string | undefined, typed?: Pick<RunView, "draft" | "error">): Promise<Encoded>;
}

export const createRunViews = (
  { engine, store, clock, newId }: Pick<WebDeps, "engine" | "store" | "clock" | "newId">,
  renderings: Renderings,
): RunViews => {
  let reads = 0;
  const read = async (runId: string) => ({ picture: await engine.picture(runId, true), read: ++reads });
  // What was read later than asked for, in a round of its own, serves as well.
  const pictures = createMadeOnce<Awaited<ReturnType<typeof read>>>(
    mostPictures,
    () => 1,
    (kept, asked) => kept === asked || String(kept).startsWith(`${asked} `),
  );
  const drawings = createMadeOnce<Drawing>(mostDrawnBytes, weightOf);
  /** True while this browser was not yet handed the file that the run made. */
  const isToHandOver = async (picture: RunPicture, { sessionId }: Identity): Promise<boolean> => {
    if (sessionId === null || picture.state !== "completed" || picture.export?.status !== "ready")
      return false;
    return !(await store.accounts.wasHandedOver({
      sessionId,
      runId: picture.id,
      exportId: picture.export.id,
    }));
  };
  return {
    look: async (runId, version, stale, who) => {
      const round = stale ? ` ${Math.floor(clock.now() / roundMs)}` : "";
      const unrecorded = engine.unrecorded(runId);
      const state = unrecorded === null ? `${version}` : `${version}!${unrecorded.since}`;
      const newest = await pictures(runId, `${state}${round}`, () => read(runId));
      const handOver = await isToHandOver(newest.picture, who);
      const permits = permitsOf(who, newest.picture);
      // Whoever may do the same is sent the same.
      const drawing = await drawings(
        `${runId} ${handOver} ${JSON.stringify(permits)}`,
        newest.read,
        async (earlier) => {
          const before = (await earlier?.catch(() => null)) ?? null;
          // Two were read at the same time: the older one must not be drawn over the newer one.
          if (before !== null && before.picture.version > newest.picture.version) return before;
          return draw({ picture: seenBy(newest.picture, permits), now: null, handOver }, before, newId);
        },
      );
      // It may be newer than what was asked for: its own version is what is shown.
      const { picture, series, n } = drawing;
      return {
        picture,
        handOver,
        seen: seenOf(drawing),
        since: async (told, { draft, error } = {}) => {
          const seen = readSeen(told);
          if (draft !== undefined || error !== undefined) {
            const typed = { picture, now: null, handOver, ...(draft && { draft }), ...(error && { error }) };
            const lacks = withTyped(lacking(drawing, seen), typed);
            return encoded(visibleHtml(String(<RunSwaps {...lacks} />)));
          }
          const known = seen.series === series ? seen.n : "";
          return renderings.once(`run ${series} ${known} ${seen.log} ${seen.history}`, n, async () =>
            String(<RunSwaps {...lacking(drawing, seen)} />),
          );
        },
      };
    },
  };
};

const weightOf = ({ parts, steps }: Drawing): number =>
  [...parts.values(), ...steps.values()].reduce((bytes, { html }) => bytes + html.length, 0);

/** The newest version; throws AppError("not-found") when there is no such run. */
export const versionOf = async ({ engine }: Pick<WebDeps, "engine">, runId: string): Promise<number> => {
  const version = await engine.version(runId);
  if (version === null) throw new AppError("not-found", noRun);
  return version;
};
