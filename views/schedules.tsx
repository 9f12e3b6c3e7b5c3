import { type TriggerKind, triggerKinds } from "#core/cause.ts";
import { routes } from "#core/routes.ts";
import { type FiringSeen, isOf, type Trigger } from "#core/trigger.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { ConfirmButton, PostButton } from "./parts/post-button.tsx";
import { firingWord, kindTitles, kindWords, whenWords } from "./trigger-words.ts";

export interface TriggerRow {
  trigger: Trigger;
  /** What came of it last. */
  last: FiringSeen | null;
  /** Whoever looks may pause and remove it. */
  mayControl: boolean;
}

export interface SchedulesPageProps extends PageProps {
  rows: readonly TriggerRow[];
  workflows: readonly { id: string; title: string }[];
  mayMake: boolean;
  mayPauseAll: boolean;
  now: number;
}

/** Everything that starts runs by itself. */
export const SchedulesPage = ({
  rows,
  workflows,
  mayMake,
  mayPauseAll,
  now,
  ...page
}: SchedulesPageProps) => {
  const titleOf = (id: string) => workflows.find((one) => one.id === id)?.title ?? id;
  return (
    <Frame title="Schedules" {...page} active="schedules" now={now}>
      <h1>Schedules</h1>
      <p class="lead">What starts runs by itself: at its time, when it is called, or after another run.</p>
      {rows.length === 0 && (
        <Empty title="Nothing starts by itself yet">
          <p>Make a schedule below, or on the page of a run that you want again.</p>
        </Empty>
      )}
      {triggerKinds.map((kind) => {
        const these = rows.filter(({ trigger }) => trigger.when.kind === kind);
        return these.length === 0 ? null : (
          <section aria-labelledby={`${kind}-title`}>
            <h2 id={`${kind}-title`}>{kindTitles[kind]}</h2>
            <ul class="row-list">
              {these.map((row) => (
                <Row row={row} titleOf={titleOf} now={now} />
              ))}
            </ul>
          </section>
        );
      })}
      {mayPauseAll && rows.length > 0 && (
        <div class="row-actions">
          {rows.some(({ trigger }) => trigger.paused === null) && (
            <ConfirmButton
              action={routes.pauseSchedules.href()}
              ask="Pause all…"
              label="Yes, pause all"
              id="pause-all"
              look="outline"
              confirm={<p>Nothing starts by itself until you resume them. What is under way goes on.</p>}
            />
          )}
          {rows.some(({ trigger }) => trigger.paused?.withAll === true) && (
            <PostButton
              action={routes.resumeSchedules.href()}
              label="Resume those that were paused together"
              id="resume-all"
            />
          )}
        </div>
      )}
      {mayMake && <Making workflows={workflows} />}
    </Frame>
  );
};

const Making = ({ workflows }: Pick<SchedulesPageProps, "workflows">) => (
  <section aria-labelledby="make-title">
    <h2 id="make-title">Make one</h2>
    <form method="get" action={routes.newSchedule.href()} class="filters">
      <label>
        <span>Start</span>
        <select name="workflow">
          {workflows.map(({ id, title }) => (
            <option value={id}>{title}</option>
          ))}
        </select>
      </label>
      <label>
        <span>When</span>
        <select name="kind">
          <option value="schedule">by the clock</option>
          <option value="hook">when it is called (a hook)</option>
          <option value="after">after another run</option>
        </select>
      </label>
      <button type="submit" class="button-primary">
        Go on
      </button>
    </form>
  </section>
);

const Row = ({ row, titleOf, now }: { row: TriggerRow; titleOf(id: string): string; now: number }) => {
  const { trigger, last, mayControl } = row;
  return (
    <li class="row" id={`schedule-${trigger.id}`} hx-ignore>
      <div class="row-main">
        <p class="row-title">
          <a href={routes.schedule.href({ id: trigger.id })}>{trigger.name}</a>
        </p>
        <p class="row-about">
          {titleOf(trigger.workflowId)}, {whenWords(trigger, titleOf)}
        </p>
        <p class="row-about">
          <Standing trigger={trigger} now={now} />
          {last !== null && (
            <>
              {" · "}Last: {firingWord(last).word}, <Ago at={last.at} now={now} />
            </>
          )}
        </p>
      </div>
      {mayControl && <Verbs trigger={trigger} />}
    </li>
  );
};

/** Whether it is paused and why, else its next time. */
export const Standing = ({ trigger, now }: { trigger: Trigger; now: number }) =>
  trigger.paused !== null ? (
    <>
      Paused <Ago at={trigger.paused.at} now={now} />: {trigger.paused.because}
    </>
  ) : trigger.nextAt !== null ? (
    <>
      Next: <DateTime at={trigger.nextAt} />
    </>
  ) : (
    <span>{restWords[trigger.when.kind]}</span>
  );

const restWords = {
  schedule: "No time comes any more",
  hook: "Waits to be called",
  after: "Waits for such a run",
} as const satisfies Record<TriggerKind, string>;

/** What may be done with it. */
export const Verbs = ({ trigger }: { trigger: Trigger }) => {
  const { id, name, paused, when } = trigger;
  const about = `“${name}”`;
  return (
    <div class="row-actions">
      {isOf(trigger, "schedule") && (
        <PostButton
          action={routes.scheduled.start.href({ id })}
          label="Start now"
          about={about}
          id={`start-${id}`}
          look="outline"
        />
      )}
      <PostButton
        action={routes.scheduled[paused === null ? "pause" : "resume"].href({ id })}
        label={paused === null ? "Pause" : "Resume"}
        about={about}
        id={`pause-${id}`}
        look="outline"
      />
      <ConfirmButton
        action={routes.scheduled.remove.href({ id })}
        ask="Remove…"
        label={`Yes, remove this ${kindWords[when.kind]}`}
        about={about}
        id={`remove-${id}`}
        look="danger"
        confirm={<p>Its list of what it started goes with it. Its runs stay.</p>}
      />
    </div>
  );
};

/** What starts a workflow by itself, on the workflow's own page. */
export const SchedulesOf = ({
  workflowId,
  triggers,
  titleOf,
  now,
  mayMake,
}: {
  workflowId: string;
  triggers: readonly Trigger[];
  titleOf(workflowId: string): string;
  now: number;
  mayMake: boolean;
}) => (
  <section aria-labelledby="schedules-title" id="schedules">
    <h2 id="schedules-title">Starts by itself</h2>
    {triggers.length === 0 ? (
      <p>Nothing starts it but people and programs.</p>
    ) : (
      <ul>
        {triggers.map((trigger) => (
          <li hx-ignore>
            <a href={routes.schedule.href({ id: trigger.id })}>{trigger.name}</a>,{" "}
            {whenWords(trigger, titleOf)}. <Standing trigger={trigger} now={now} />
          </li>
        ))}
      </ul>
    )}
    {mayMake && (
      <p class="more">
        <a href={routes.newSchedule.href({ workflow: workflowId, kind: "schedule" })}>Schedule it</a>
        {" · "}
        <a href={routes.newSchedule.href({ workflow: workflowId, kind: "hook" })}>Start it by a call</a>
        {" · "}
        <a href={routes.newSchedule.href({ workflow: workflowId, kind: "after" })}>Start it after a run</a>
      </p>
    )}
  </section>
);
