import { clockChanges, zonedText } from "#core/clock-changes.ts";
import type { Form, Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { timesAfter } from "#core/times.ts";
import { bodiesKept, type FiringSeen, isOf, type Trigger } from "#core/trigger.ts";
import { AskForm } from "./ask.tsx";
import { CodeView } from "./form/code.tsx";
import type { FormError } from "./form/form-error.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { Notice } from "./parts/notice.tsx";
import { Standing, Verbs } from "./schedules.tsx";
import { firingWord, kindTitles, whenWords } from "./trigger-words.ts";

export interface SchedulePageProps extends PageProps {
  trigger: Trigger;
  maker: string;
  firings: readonly FiringSeen[];
  /** Where the list goes on. */
  next: string | null;
  titleOf(workflowId: string): string;
  mayControl: boolean;
  /** Where a hook is called. */
  address: string;
  /** Shown this once. */
  secret?: string | undefined;
  /** How it may be changed. */
  form: Form;
  values?: Values | undefined;
  error?: FormError | undefined;
  /** A body that was tried, and what came of it. */
  tried?: { body: string; fills: Values | null; refusal: string | null } | undefined;
  now: number;
}

/** One of what starts runs by itself: when, as whom, and what came of it. */
export const SchedulePage = (props: SchedulePageProps) => {
  const { user, version, trigger, maker, titleOf, mayControl, secret, form, values, error, now } = props;
  const { id, workflowId } = trigger;
  return (
    <Frame title={trigger.name} user={user} version={version} active="schedules" now={now}>
      <p class="crumbs">
        <a href={routes.schedules.href()}>Schedules</a> / {kindTitles[trigger.when.kind]}
      </p>
      <h1>{trigger.name}</h1>
      <p class="lead" hx-ignore>
        Starts <a href={routes.workflow.href({ id: workflowId })}>{titleOf(workflowId)}</a>{" "}
        {whenWords(trigger, titleOf)}, as {maker}.
      </p>
      {secret !== undefined && (
        <Notice tone="good" title="Its secret" id="secret" came>
          <p>Give it to whoever is to call. It is shown this once; another one can be made at any time.</p>
          <CodeView label="Secret" text={secret} id="secret-text" />
        </Notice>
      )}
      <p>
        <Standing trigger={trigger} now={now} />
      </p>
      {mayControl && <Verbs trigger={trigger} />}
      <NextTimes trigger={trigger} now={now} />
      <Hook {...props} />
      <Firings {...props} />
      {mayControl && (
        <details class="panel" id="change" open={error !== undefined}>
          <summary>Change when it starts…</summary>
          <AskForm
            form={form}
            action={routes.schedule.href({ id })}
            id="when"
            {...(values === undefined ? {} : { values })}
            {...(error === undefined ? {} : { error })}
          />
          <p>
            <small>What each run starts with stays. To start it with something else, make another one.</small>
          </p>
        </details>
      )}
    </Frame>
  );
};

/** The next five, on the clocks there and of whoever looks. */
export const NextTimes = ({
  trigger,
  now,
  asked = false,
}: {
  trigger: Pick<Trigger, "when" | "paused">;
  now: number;
  /** Somebody pressed a button to see them. */
  asked?: boolean;
}) => {
  const { when, paused } = trigger;
  if (when.kind !== "schedule" || paused !== null) return null;
  return (
    <section aria-labelledby="next-title">
      <h2 id="next-title" {...(asked ? { tabindex: -1, autofocus: true } : {})}>
        Next
      </h2>
      <div class="scroll-box whole">
        <table>
          <thead>
            <tr>
              <th scope="col">{when.zone}</th>
              <th scope="col">Where you are</th>
            </tr>
          </thead>
          <tbody>
            {timesAfter(when.times, when.zone, now, 5).map((at) => (
              <tr>
                <td>{zonedText(at, when.zone)}</td>
                <td>
                  <DateTime at={at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {clockChanges(when.times, when.zone, now).map((sentence) => (
        <p class="note">{sentence}</p>
      ))}
    </section>
  );
};

const Hook = ({ trigger, address, mayControl, tried, now }: SchedulePageProps) =>
  !isOf(trigger, "hook") || !mayControl ? null : (
    <section aria-labelledby="hook-title">
      <h2 id="hook-title">How to call it</h2>
      <CodeView label="Address, for POST" text={address} id="hook-address" />
      {trigger.formerUntil !== null && trigger.formerUntil > now && (
        <p>
          The secret before the present one holds until <DateTime at={trigger.formerUntil} />.
        </p>
      )}
      <details class="confirm" id="renew">
        <summary class="button-outline">Another secret…</summary>
        <form method="post" action={routes.renewSecret.href({ id: trigger.id })} class="confirm-card">
          <label>
            Secret, where the other side has made it
            <input type="password" name="secret" autocomplete="off" />
          </label>
          <p>The present one holds for another day, so that nothing is lost meanwhile.</p>
          <button type="submit" class="button-primary">
            Change the secret
          </button>
        </form>
      </details>
      <form method="post" action={routes.tryHook.href({ id: trigger.id })} id="try" class="try">
        <div class="field">
          <label for="try-body">Try a body: nothing is started</label>
          <textarea id="try-body" name="body" rows={5} spellcheck={false}>
            {tried?.body ?? "{}"}
          </textarea>
        </div>
        <button type="submit" class="button-secondary">
          Show what it would start with
        </button>
      </form>
      {tried?.refusal != null && (
        <p class="note tone-bad" role="alert" hx-ignore>
          {tried.refusal}
        </p>
      )}
      {tried?.fills != null && (
        <CodeView label="A run would start with" text={JSON.stringify(tried.fills, null, 1)} id="tried" />
      )}
    </section>
  );

const Firings = ({ trigger, firings, next, now }: SchedulePageProps) => (
  <section aria-labelledby="firings-title">
    <h2 id="firings-title">What came of it</h2>
    {firings.length === 0 ? (
      <p>Nothing yet.</p>
    ) : (
      <ul class="row-list">
        {firings.map((firing) => (
          <FiringRow firing={firing} now={now} />
        ))}
      </ul>
    )}
    {next !== null && (
      <p class="more">
        <a href={next}>Earlier ones</a>
      </p>
    )}
    {isOf(trigger, "hook") && (
      <small>What a call brought is kept of the newest {bodiesKept}, without secrets.</small>
    )}
  </section>
);

const FiringRow = ({ firing, now }: { firing: FiringSeen; now: number }) => {
  const { dueAt, at, run, runId, because, body } = firing;
  const { word, tone } = firingWord(firing);
  return (
    <li class="row" hx-ignore>
      <div class="row-main">
        <p class="row-title">
          <span class={`mark tone-${tone}`}>{word}</span>
          {run !== null && runId !== null && <a href={routes.run.href({ id: runId })}>Run #{run.number}</a>}
        </p>
        {because !== null && <p class="row-about">{because}</p>}
        {body !== null && (
          <details class="row-change">
            <summary>What it brought</summary>
            <pre>{body}</pre>
          </details>
        )}
      </div>
      <div class="row-figures">
        {dueAt === null ? (
          <Ago at={at} now={now} />
        ) : (
          <span>
            due <DateTime at={dueAt} />
          </span>
        )}
      </div>
    </li>
  );
};
