import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { RunLive } from "#views/run.tsx";
import type { WebDeps } from "#web/deps.ts";
import { createNewest } from "./newest.ts";
import type { Renderings } from "./renderings.ts";

/** Pictures are large when a run logs much; they are only needed until all who watch have asked for the change. */
const mostPictures = 20;

/** Whatever pages ask for, what is out of date though nothing happened is drawn anew once in this time. */
const roundMs = 5_000;

/** The fragment of a run, read and rendered once per change however many watch. */
export interface RunViews {
  /** True while this browser was not yet handed the file that the run made. */
  handOver(picture: RunPicture, who: Identity): Promise<boolean>;
  /** The fragment at `version` or a newer one. `stale`: the one that was drawn at this version has outlived what it says of time. */
  fragment(runId: string, version: number, stale: boolean, who: Identity): Promise<Uint8Array<ArrayBuffer>>;
}

export const createRunViews = (
  { engine, store, clock }: Pick<WebDeps, "engine" | "store" | "clock">,
  renderings: Renderings,
): RunViews => {
  const pictures = createNewest<RunPicture>(mostPictures, () => 1);
  const handOver = async (picture: RunPicture, { sessionId }: Identity): Promise<boolean> => {
    if (sessionId === null || picture.state !== "completed" || picture.export?.status !== "ready")
      return false;
    return !(await store.accounts.wasHandedOver(sessionId, picture.export.id));
  };
  return {
    handOver,
    fragment: async (runId, version, stale, who) => {
      const round = stale ? ` ${Math.floor(clock.now() / roundMs)}` : "";
      const picture = await pictures(runId, `${version}${round}`, () => engine.picture(runId));
      const withFile = await handOver(picture, who);
      // The picture may be newer than what was asked for: its own version is what the fragment shows.
      return renderings.once(`run ${runId} ${withFile}`, `${picture.version}${round}`, async () =>
        String(<RunLive picture={picture} now={clock.now()} handOver={withFile} />),
      );
    },
  };
};

/** The newest version; throws AppError("not-found") when there is no such run. */
export const versionOf = async ({ engine }: Pick<WebDeps, "engine">, runId: string): Promise<number> => {
  const version = await engine.version(runId);
  if (version === null) throw new AppError("not-found", "There is no such run. It may be on another server.");
  return version;
};
