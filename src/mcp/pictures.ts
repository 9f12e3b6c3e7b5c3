import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { RunPicture } from "#core/picture.ts";
import type { Engine } from "#engine/engine.ts";

/** Where runs stand, read once for all who ask at the same time. */
export type Pictures = (runId: string) => Promise<RunPicture>;

interface PicturesDeps {
  engine: Pick<Engine<Actor>, "picture" | "listen">;
  clock: Pick<Clock, "now">;
}

/** So long a picture is as good as a new one while nothing happens: percent and time left move by themselves. */
const freshMs = 1_000;
const most = 200;

/** A thousand agents that follow a run cost one look at it for each change, not one each. */
export const createPictures = ({ engine, clock }: PicturesDeps): Pictures => {
  const taken = new Map<string, { at: number; picture: Promise<RunPicture> }>();
  engine.listen(({ run }) => void taken.delete(run.id));
  return (runId) => {
    const now = clock.now();
    const there = taken.get(runId);
    if (there !== undefined && now >= there.at && now - there.at < freshMs) return there.picture;
    const made = { at: now, picture: engine.picture(runId) };
    taken.delete(runId);
    taken.set(runId, made);
    for (const oldest of taken.keys()) {
      if (taken.size <= most) break;
      taken.delete(oldest);
    }
    // What could not be read is asked anew by the next one.
    made.picture.catch(() => taken.get(runId) === made && taken.delete(runId));
    return made.picture;
  };
};
