import { join } from "node:path";
import type { RunPicture } from "#core/picture.ts";
import type { RunState } from "#core/states.ts";
import { preselected } from "../server-process.ts";
import { token } from "../token.ts";
import type { Place } from "./nodes.ts";
import type { Seeded } from "./seeded.ts";
import type { Kind } from "./workflows.ts";

/** A frozen node answers nobody, and one of a busy machine takes its time. */
const patienceMs = 30_000;

/** Those who start runs and press buttons, at whichever web node answers. */
export const createPeople = (webs: readonly Place[], seed: Seeded, folder: string) => {
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<Response | null> => {
    const place = seed.oneOf(webs);
    if (!place.isUp()) return null;
    return fetch(`${place.origin()}${path}`, {
      method,
      headers: {
        ...{ Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    }).catch(() => null);
  };
  let started = 0;
  /** Asks until it is accepted, always under the same key; gives the run's id. */
  const start = async (kind: Kind): Promise<string> => {
    const mark = `mark-${++started}`;
    const values = kind.id === "script" ? { file: join(folder, "script-lines"), mark } : {};
    for (;;) {
      const answer = await ask("POST", `/api/workflows/${kind.id}/runs`, { values }, mark);
      const said = await answer?.text().catch(() => undefined);
      if (answer?.ok === true && said !== undefined) return (JSON.parse(said) as { id: string }).id;
      if (answer !== null && answer.status < 500 && answer.status !== 429 && said !== undefined)
        throw new Error(`a start was refused with ${answer.status}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const press = (runId: string, verb: string) => ask("POST", `/api/runs/${runId}/${verb}`);
  const answer = async (runId: string): Promise<void> => {
    const seen = await ask("GET", `/api/runs/${runId}`);
    const run = (await seen?.json().catch(() => undefined)) as RunPicture | undefined;
    const asking = run?.steps?.find(({ state }) => state === "asking");
    if (asking === undefined) return;
    const values = { ...preselected(asking.form), ...(asking.id === "word" ? { word: "so" } : {}) };
    await ask("POST", `/api/runs/${runId}/steps/${asking.id}/answer`, { values });
  };
  const paused = new Set<string>();
  /** Does what somebody would do next with a run that is in this state; whatever is refused is tried again when it still is. */
  const seeTo = async (runId: string, kind: string, state: RunState): Promise<void> => {
    if (kind === "cancelled" && state === "waiting") return void (await press(runId, "cancel"));
    if (kind === "undone" && state === "completed") return void (await press(runId, "undo"));
    if (kind === "paused" && state === "waiting" && !paused.has(runId)) {
      if ((await press(runId, "pause"))?.ok === true) paused.add(runId);
      return;
    }
    if (state === "paused") return void (await press(runId, "resume"));
    if (state === "asking") await answer(runId);
  };
  return { start, seeTo };
};
export type People = ReturnType<typeof createPeople>;
