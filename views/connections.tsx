import type { Connection, ConnectionValues } from "#core/connection.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "./clock-words.js";
import type { FormError } from "./form/form-error.ts";
import { FactsView } from "./form/shown.tsx";
import { type KindView, ValuesForm } from "./form/values-form.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { Mark } from "./parts/badge.tsx";
import { Cards } from "./parts/cards.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { formInto } from "./parts/htmx.ts";
import { StateIcon } from "./parts/icon.tsx";
import { ConfirmButton } from "./parts/post-button.tsx";

export interface ConnectionsPageProps extends PageProps {
  connections: readonly Connection[];
  kinds: readonly KindView[];
  now: number;
  notice?: string;
  /** By the id of a connection, why what people write to it is not heard. */
  deaf?: ReadonlyMap<string, string>;
}

export const ConnectionsPage = ({
  user,
  version,
  connections,
  kinds,
  now,
  notice,
  deaf,
}: ConnectionsPageProps) => (
  <Frame title="Connections" user={user} version={version} active="connections" now={now}>
    <h1>Connections</h1>
    <p class="lead">
      The systems that your runs work with. Secrets are sealed on this server's disk and never shown again.
    </p>
    {notice !== undefined && (
      <p class="note tone-good" role="status">
        {notice}
      </p>
    )}
    {connections.length === 0 ? (
      <Empty title="No connections yet.">
        <p>Add one below, then test it.</p>
      </Empty>
    ) : (
      <ul class="row-list">
        {connections.map((connection) => (
          <ConnectionRow connection={connection} kinds={kinds} now={now} deaf={deaf?.get(connection.id)} />
        ))}
      </ul>
    )}
    <section aria-labelledby="add-title">
      <h2 id="add-title">Add a connection</h2>
      <Cards
        cards={kinds.map(({ kind, title, about }) => ({
          href: routes.newConnection.href({ kind }),
          title,
          about,
        }))}
      />
    </section>
  </Frame>
);

/** One connection; also the fragment that answers "Test". */
export const ConnectionRow = ({
  connection,
  kinds,
  now,
  deaf,
}: {
  connection: Connection;
  kinds?: readonly KindView[];
  now: number;
  deaf?: string | undefined;
}) => {
  const kind = kinds?.find((one) => one.kind === connection.kind);
  const rowId = `connection-${connection.id}`;
  return (
    <li class="row" id={rowId}>
      <div class="row-main" hx-ignore>
        <p class="row-title">
          <strong>{connection.name}</strong> <Mark text={kind?.title ?? connection.kind} />{" "}
          {connection.builtIn && <Mark text="built in" tone="waiting" />}
        </p>
        <p class="row-about">{namedValues(connection, kind)}</p>
        {deaf !== undefined && <p class="note tone-bad">What is written to it is not heard: {deaf}</p>}
        <Report test={connection.lastTest} now={now} />
        {connection.lastTest?.offer !== undefined && (
          <form method="post" action={routes.acceptOffer.href({ id: connection.id })} class="post">
            <button type="submit" class="small">
              {connection.lastTest.offer.press}
              <span class="visually-hidden"> for {connection.name}</span>
            </button>
          </form>
        )}
      </div>
      <div class="row-actions">
        <form
          method="post"
          action={routes.testConnection.href({ id: connection.id })}
          class="post"
          {...formInto(routes.testConnection.href({ id: connection.id }), `#${rowId}`)}
        >
          <button type="submit" class="button-secondary small" id={`test-${connection.id}`}>
            Test<span class="visually-hidden"> {connection.name}</span>
          </button>
        </form>
        {connection.kind === "ssh" && (
          <a class="button button-outline small" href={routes.bots.href({ id: connection.id })}>
            Bots<span class="visually-hidden"> of {connection.name}</span>
          </a>
        )}
        <a class="button button-outline small" href={routes.connectionAccess.href({ id: connection.id })}>
          Who may use it<span class="visually-hidden">: {connection.name}</span>
        </a>
        {!connection.builtIn && (
          <>
            <a class="button button-outline small" href={routes.connection.href({ id: connection.id })}>
              Change<span class="visually-hidden"> {connection.name}</span>
            </a>
            <ConfirmButton
              action={routes.removeConnection.href({ id: connection.id })}
              ask="Remove…"
              label="Yes, remove it"
              about={connection.name}
              id={`remove-${connection.id}`}
              look="danger"
              confirm={
                <p>
                  The connection and its secret are forgotten. Runs that need it stop with a clear message.
                </p>
              }
            />
          </>
        )}
      </div>
    </li>
  );
};

/** "Host: node1 · Port: 22": a value alone tells nobody what it is. */
const namedValues = ({ values }: Connection, kind: KindView | undefined): string =>
  Object.entries(values)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${kind?.fields.find((field) => field.name === name)?.label ?? name}: ${value}`)
    .join(" · ");

const Report = ({ test, now }: { test: Connection["lastTest"]; now: number }) =>
  test === null ? (
    <p class="row-about">Not tested yet.</p>
  ) : (
    <div class={`report tone-${test.ok ? "good" : "bad"}`} role="status">
      <p>
        <StateIcon state={test.ok ? "completed" : "failed"} />
        <span>
          {test.sentence}{" "}
          <small>
            <Ago at={test.at} now={now} />, in{" "}
            {test.latencyMs < 1000 ? `${Math.round(test.latencyMs)} ms` : durationText(test.latencyMs)}
          </small>
        </span>
      </p>
      {test.facts.length > 0 && <FactsView facts={test.facts} />}
    </div>
  );

export interface ConnectionFormPageProps extends PageProps {
  kind: KindView;
  values?: ConnectionValues;
  /** The name that was typed or is kept. */
  name?: string;
  error?: FormError | undefined;
  /** The connection that is changed; a new one without it. */
  id?: string;
  /** The run that it is changed for. */
  run?: string | undefined;
}

/** Posts `kind`, `name` and the kind's fields to routes.connections, or to routes.connection. */
export const ConnectionFormPage = ({
  user,
  version,
  kind,
  values,
  name,
  error,
  id,
  run,
}: ConnectionFormPageProps) => (
  <Frame
    title={id === undefined ? `Add a connection: ${kind.title}` : `Change ${name ?? "a connection"}`}
    user={user}
    version={version}
    active="connections"
  >
    <p class="crumbs">
      <a href={routes.connections.href()}>Connections</a> / {kind.title}
    </p>
    <h1>{id === undefined ? `Add a connection: ${kind.title}` : `Change ${name ?? "the connection"}`}</h1>
    <p class="lead">{kind.about}</p>
    <div class="panel narrow">
      <ValuesForm
        kind={kind}
        values={values ?? {}}
        name={name ?? values?.name ?? ""}
        error={error}
        id={id}
        action={
          id === undefined
            ? routes.connections.href()
            : routes.connection.href({ id }, run === undefined ? {} : { run })
        }
        back={run === undefined ? routes.connections.href() : routes.run.href({ id: run })}
        nameHelp="Yours to choose; it tells this connection from others."
      />
    </div>
  </Frame>
);
