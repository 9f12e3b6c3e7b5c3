import { type Cleaning, sumOf } from "#core/cleaning.ts";
import { countText, plural } from "#core/plural.ts";
import { keepOf, type Retention } from "#core/retention.ts";
import { routes } from "#core/routes.ts";
import type { DiskUse, Room } from "#core/storage.ts";
import type { StoreSpace } from "#core/store.ts";
import { bytesText } from "./format.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { DiskSection } from "./storage/disk.tsx";
import { RetentionForm } from "./storage/retention-form.tsx";

export interface StoragePageProps extends PageProps {
  use: DiskUse;
  room: Room;
  space: StoreSpace;
  retention: Retention;
  workflows: readonly { id: string; title: string }[];
  cleanings: readonly Cleaning[];
  /** When the next cleaning begins by itself; null: none does. */
  nextAt: number | null;
  error?: { message: string; field: string | null };
  now: number;
}

/** What takes room, for how long runs are kept, and what was taken away. */
export const StoragePage = ({
  user,
  version,
  warning,
  use,
  room,
  space,
  retention,
  workflows,
  cleanings,
  nextAt,
  error,
  now,
}: StoragePageProps) => (
  <Frame
    title="Storage"
    user={user}
    version={version}
    warning={warning ?? null}
    active="settings"
    explains="storage"
    now={now}
  >
    <p class="crumbs">
      <a href={routes.settings.href()}>Settings</a>
    </p>
    <h1>Storage</h1>
    <DiskSection use={use} room={room} space={space} now={now} />
    <section aria-labelledby="keep-title">
      <h2 id="keep-title">How long runs are kept</h2>
      <p>
        {nextAt === null ? (
          "Everything is kept: no rule takes anything away."
        ) : (
          <>
            The next cleaning begins by itself at <DateTime at={nextAt} />.
          </>
        )}{" "}
        A rule is of runs that are over. Finalized runs stay as they are. What a run made elsewhere stays
        where it is, and can no longer be undone once the run is gone. Estimates of the time left go on
        learning from a run without its log, and no longer from one that is gone.
      </p>
      {error !== undefined && (
        <p class="note tone-bad" role="alert">
          {error.message}
        </p>
      )}
      <RetentionForm
        workflowId={null}
        title="All workflows"
        keep={retention.usual}
        hour={retention.hour}
        error={error}
      />
      <details id="keep-own">
        <summary>Other rules for one workflow…</summary>
        {workflows.map(({ id, title }) => (
          <RetentionForm
            workflowId={id}
            title={title}
            keep={keepOf(retention, id)}
            own={retention.workflows[id] !== undefined}
          />
        ))}
      </details>
    </section>
    <section aria-labelledby="cleanings-title">
      <h2 id="cleanings-title">Cleanings</h2>
      <p>
        <a class="button button-outline" href={routes.cleaning.href()} id="clean">
          What would go now…
        </a>
      </p>
      {cleanings.length === 0 ? (
        <p>There was none yet.</p>
      ) : (
        <Cleanings cleanings={cleanings} titleOf={titleIn(workflows)} now={now} />
      )}
    </section>
  </Frame>
);

/** The title of a workflow; one that is no longer offered is known by its id. */
export const titleIn =
  (workflows: readonly { id: string; title: string }[]) =>
  (id: string): string =>
    workflows.find((one) => one.id === id)?.title ?? id;

interface CleaningsProps {
  cleanings: readonly Cleaning[];
  titleOf(workflowId: string): string;
  now: number;
}

const Cleanings = ({ cleanings, titleOf, now }: CleaningsProps) => (
  <ul class="row-list" id="cleanings">
    {cleanings.map((one) => (
      <li class="row" id={`cleaning-${one.id}`} hx-ignore>
        <div class="row-main">
          <p class="row-title">
            <strong>{takenText(one)}</strong>
            {one.endedAt === null && " so far; it is under way"}
          </p>
          <p class="row-about">
            <Ago at={one.at} now={now} />, <DateTime at={one.at} />, by {one.by}
          </p>
          {one.removed.length > 0 && (
            <ul>
              {one.removed.map((taken) => (
                <li>
                  {titleOf(taken.workflowId)}: {partsText(taken)}
                </li>
              ))}
            </ul>
          )}
          {one.problem !== null && <p class="step-error">It ended early: {one.problem}</p>}
        </div>
      </li>
    ))}
  </ul>
);

const takenText = (one: Cleaning): string => {
  const files =
    one.files === 0
      ? []
      : [
          `${plural(one.files, "file that nothing referred to", "files that nothing referred to")} (${bytesText(one.fileBytes)})`,
        ];
  const freed = one.freedBytes === 0 ? [] : [`${bytesText(one.freedBytes)} given back by the database`];
  const parts = partsText(sumOf(one.removed));
  const all = [...(parts === "" ? [] : [parts]), ...files, ...freed];
  return all.length === 0 ? "Nothing had to go" : all.join(", ");
};

/** "214 runs, 3 logs, 2 exports (1.2 GB)" */
export const partsText = ({ runs, logs, exports, bytes }: ReturnType<typeof sumOf>): string =>
  [
    runs === 0 ? null : plural(runs, "run"),
    logs === 0 ? null : plural(logs, "log"),
    exports === 0
      ? null
      : `${countText(exports)} ${exports === 1 ? "export" : "exports"} (${bytesText(bytes)})`,
  ]
    .filter((part) => part !== null)
    .join(", ");
