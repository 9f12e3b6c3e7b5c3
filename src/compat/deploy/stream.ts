import { createReplay } from "#core/replay.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { WebDeps } from "#web/deps.ts";
import { createEventChannels, type EventChannels, type Numbered } from "#web/live/event-channels.ts";
import type { RawStream } from "#web/live/raw-stream.ts";
import { deployStatus } from "./status.ts";

type DeployDeps = Pick<WebDeps, "engine" | "store" | "log">;

interface Happened extends Numbered {
  event: Awaited<ReturnType<DeployDeps["store"]["events"]>>[number];
  /** The run after the event or later. */
  at: RunWithSteps;
}

/** The events of runs, each with the run that it belongs to. */
export const createDeployChannels = ({ engine, store, log }: DeployDeps): EventChannels<Happened> =>
  createEventChannels<Happened>({
    engine,
    log,
    read: async (runId, after, limit) => {
      const events = await store.events(runId, after, limit);
      // Read after the events, so that it is never older than they are.
      const at = events.length === 0 ? null : await store.run(runId);
      return at === null ? [] : events.map((event) => ({ n: event.n, event, at }));
    },
  });

/**
 * Sends a deployment's status (`event: progress`) each time it changes, all that came after event `last` first: whoever comes late sees
 * every phase. Ends when the deployment is over.
 */
export const streamDeploy = (
  channels: EventChannels<Happened>,
  runId: string,
  last: number,
  stream: RawStream,
): Promise<void> => {
  const replay = createReplay();
  let sent = "";
  // The past is needed to know how the run was, also by those who have seen it.
  return channels.follow(runId, {
    ...stream,
    last: 0,
    send: ({ n, event, at }) => {
      const then = replay.next(event, at);
      const data = JSON.stringify(deployStatus(then));
      if (n > last && data !== sent) stream.send(`id: ${n}\nevent: progress\ndata: ${data}\n\n`);
      sent = data;
      if (isOver(then.run.state) && n >= at.run.lastEvent) stream.end();
    },
  });
};
