import { type Delivery, type DeliveryState, deliveryStates, mayTryAgain } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "#views/frame.tsx";
import { Mark } from "#views/parts/badge.tsx";
import { Ago, DateTime } from "#views/parts/clock.tsx";
import { Empty } from "#views/parts/empty.tsx";
import { kindWords, stateWords } from "./words.ts";

export interface SentPageProps extends PageProps {
  deliveries: readonly ShownDelivery[];
  state: DeliveryState | null;
  /** The address of older ones; null: there are none. */
  next: string | null;
  now: number;
}

export interface ShownDelivery extends Delivery {
  /** By which channel: "My phone". */
  channel: string;
  /** Whose it is, where it is somebody else's. */
  person: string | null;
  /** Of which run. */
  run: string | null;
  /** When it is told again, if nobody answers. */
  againAt?: readonly number[];
}

/** What was sent, what waits, what failed, and why. */
export const SentPage = ({ user, version, warning, deliveries, state, next, now }: SentPageProps) => (
  <Frame
    title="What was sent"
    user={user}
    version={version}
    warning={warning ?? null}
    active="settings"
    explains="notifications"
    now={now}
  >
    <p class="crumbs">
      <a href={routes.settings.href()}>Settings</a> / <a href={routes.notifications.href()}>Notifications</a>
    </p>
    <h1>What was sent</h1>
    <nav aria-label="Which" class="parts">
      <a href={routes.deliveries.href()} aria-current={state === null ? "page" : undefined}>
        All
      </a>
      {deliveryStates.map((one) => (
        <>
          {" "}
          <a href={routes.deliveries.href({ state: one })} aria-current={state === one ? "page" : undefined}>
            {stateWords[one].word}
          </a>
        </>
      ))}
    </nav>
    {deliveries.length === 0 ? (
      <Empty title="Nothing of this kind.">
        <p>What is told of runs from now on stands here for 30 days.</p>
      </Empty>
    ) : (
      <ul class="row-list">
        {deliveries.map((delivery) => (
          <DeliveryRow delivery={delivery} now={now} />
        ))}
      </ul>
    )}
    {next !== null && (
      <p>
        <a href={next}>Older ones</a>
      </p>
    )}
  </Frame>
);

const DeliveryRow = ({ delivery, now }: { delivery: ShownDelivery; now: number }) => {
  const { id, kind, state, channel, person, run, runId, because, createdAt, sentAt, nextAt, attempts } =
    delivery;
  const { againAt = [] } = delivery;
  const { word, tone } = stateWords[state];
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{kindWords[kind]}</strong> <Mark text={word} tone={tone} />
        </p>
        <p class="row-about">
          {run !== null && runId !== null && (
            <>
              <a href={routes.run.href({ id: runId })}>{run}</a> ·{" "}
            </>
          )}
          by {channel}
          {person !== null && ` to ${person}`} · <Ago at={sentAt ?? createdAt} now={now} />
          {attempts > 1 && ` · ${attempts} tries`}
        </p>
        {because !== null && <p class="row-about">{because}</p>}
        {state === "waiting" && nextAt !== null && (
          <p class="row-about">
            Next try: <DateTime at={nextAt} />
          </p>
        )}
        {againAt.length > 0 && (
          <p class="row-about">
            Told again if nobody has answered by{" "}
            {againAt.map((at, index) => (
              <>
                {index > 0 && ", "}
                <DateTime at={at} />
              </>
            ))}
          </p>
        )}
      </div>
      {mayTryAgain(delivery) && (
        <div class="row-actions">
          <form method="post" action={routes.retryDelivery.href({ id })} class="post">
            <button type="submit" class="button-secondary small">
              {state === "failed" ? "Send again" : "Try now"}
              <span class="visually-hidden"> {run ?? channel}</span>
            </button>
          </form>
        </div>
      )}
    </li>
  );
};
