import type { FeedEvent } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { sentenceOf } from "#core/sentences.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { RunBadge } from "./parts/badge.tsx";
import { DateTime } from "./parts/clock.tsx";
import { tellsPeople } from "./run/tells-people.ts";

/** All that happened in a run, oldest first, numbered as the API numbers it; what says nothing to people is left out. */
export const HistoryPage = ({
  user,
  version,
  picture,
  events,
  now,
}: PageProps & { picture: RunPicture; events: readonly FeedEvent[]; now: number }) => {
  const titleOf = (stepId: string) => picture.steps.find((step) => step.id === stepId)?.title ?? stepId;
  return (
    <Frame title={`History · ${picture.title}`} user={user} version={version} active="runs" now={now}>
      <p class="crumbs">
        <a href={routes.runs.href()}>Runs</a> /{" "}
        <a href={routes.run.href({ id: picture.id })}>{picture.title}</a>
      </p>
      <div class="run-name">
        <h1>History</h1>
        <RunBadge run={picture} />
      </div>
      <p class="run-subject" hx-ignore>
        {picture.title} · {picture.subject}
      </p>
      <section class="scroll-box whole" tabindex={0} aria-label="Events of the run" hx-ignore>
        <table class="events">
          <thead>
            <tr>
              <th scope="col" class="number">
                No.
              </th>
              <th scope="col">When</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {events.filter(tellsPeople).map((event) => (
              <tr>
                <td class="number">{event.n}</td>
                <td>
                  <DateTime at={event.at} />
                </td>
                <td>{sentenceOf(event, titleOf)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Frame>
  );
};
