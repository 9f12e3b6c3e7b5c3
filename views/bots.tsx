import type { BotAccount, BotLook, NodeBot } from "#core/bots.ts";
import { routes } from "#core/routes.ts";
import { durationText } from "./clock-words.js";
import { Frame, type PageProps } from "./frame.tsx";
import { Mark } from "./parts/badge.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { keptOnErrors, polls } from "./parts/htmx.ts";
import { StateIcon } from "./parts/icon.tsx";

interface BotsProps {
  /** The connection's. */
  id: string;
  name: string;
  look: BotLook;
  now: number;
}

/** The bots of a server; without JavaScript it comes anew while it is looked at. */
export const BotsPage = ({ user, version, warning, ...props }: PageProps & BotsProps) => (
  <Frame
    title={`Bots of ${props.name}`}
    user={user}
    version={version}
    warning={warning}
    active="connections"
    now={props.now}
    {...(props.look.since === null ? {} : { refreshSeconds: 3 })}
  >
    <p class="crumbs">
      <a href={routes.connections.href()}>Connections</a> / {props.name}
    </p>
    <h1>Bots of {props.name}</h1>
    <p class="lead">
      All bots of OpenClaw on this server, whoever made them. Each change is a run that says first what it
      does, and can be undone.
    </p>
    <BotsPart {...props} />
    <p class="row-actions">
      <a
        class="button button-outline"
        href={routes.workflow.href({ id: "create-bot" }, { connection: props.id })}
      >
        Create a bot here
      </a>
      <a
        class="button button-outline"
        href={routes.workflow.href({ id: "restart-gateway" }, { connection: props.id })}
      >
        Restart the gateway…
      </a>
    </p>
  </Frame>
);

/** What was seen; it fetches itself anew for as long as somebody looks. */
export const BotsPart = ({ id, look, now }: BotsProps) => (
  <section
    id="bots"
    aria-label="What was seen"
    {...(look.since === null ? {} : { ...polls(routes.bots.href({ id })), ...keptOnErrors })}
  >
    <Standing id={id} look={look} now={now} />
    {look.seen !== null && <Seen id={id} seen={look.seen} />}
  </section>
);

const Standing = ({ id, look: { since, seen, failed }, now }: Omit<BotsProps, "name">) => (
  <div class={`report tone-${failed === null ? "good" : "bad"}`} role="status">
    <p>
      <span>
        {since !== null && (
          <>
            Looking at the server, begun <Ago at={since} now={now} />.{" "}
          </>
        )}
        {failed !== null && (
          <>
            The last look came to nothing: {failed.sentence}{" "}
            <small>
              <Ago at={failed.at} now={now} />
            </small>{" "}
          </>
        )}
        {seen !== null && (
          <>
            OpenClaw {seen.version}.{" "}
            {seen.gatewayUpMs === null
              ? "Its gateway does not answer, so nothing is known of the accounts."
              : `Its gateway had been up for ${durationText(seen.gatewayUpMs)}.`}{" "}
            <small>
              Seen <Ago at={seen.at} now={now} />
            </small>
          </>
        )}
      </span>
    </p>
    {since === null && (
      <form method="post" action={routes.bots.href({ id })} class="post">
        <button type="submit" class="button-secondary small">
          Look again
        </button>
      </form>
    )}
  </div>
);

const Seen = ({ id, seen: { bots, loose } }: { id: string; seen: NonNullable<BotLook["seen"]> }) => (
  <>
    {bots.length === 0 ? (
      <Empty title="There are no bots." />
    ) : (
      <ul class="row-list">
        {bots.map((bot) => (
          <BotRow id={id} bot={bot} />
        ))}
      </ul>
    )}
    {loose.length > 0 && (
      <>
        <h2>Accounts of no bot</h2>
        <ul class="row-list">
          {loose.map((account) => (
            <li class="row">
              <div class="row-main">
                <AccountLine account={account} />
              </div>
            </li>
          ))}
        </ul>
      </>
    )}
  </>
);

const BotRow = ({ id, bot }: { id: string; bot: NodeBot }) => (
  <li class="row" id={`bot-${bot.id}`}>
    <div class="row-main" hx-ignore>
      <p class="row-title">
        <strong>
          {bot.emoji} {bot.name}
        </strong>{" "}
        {bot.name !== bot.id && <Mark text={bot.id} />} {bot.isDefault && <Mark text="default agent" />}
      </p>
      <p class="row-about">Model: {bot.model}</p>
      {bot.accounts.length === 0 ? (
        <p class="row-about">No Telegram account of its own.</p>
      ) : (
        bot.accounts.map((account) => <AccountLine account={account} />)
      )}
    </div>
    <div class="row-actions">
      <To id={id} bot={bot} workflow="bot-log" label="Log" />
      <To id={id} bot={bot} workflow="change-bot" label="Change…" />
      {!bot.isDefault && <To id={id} bot={bot} workflow="delete-bot" label="Delete…" />}
    </div>
  </li>
);

const To = ({
  id,
  bot,
  workflow,
  label,
}: {
  id: string;
  bot: NodeBot;
  workflow: "bot-log" | "change-bot" | "delete-bot";
  label: string;
}) => (
  <a
    class="button button-outline small"
    href={routes.workflow.href({ id: workflow }, { connection: id, name: bot.id })}
  >
    {label}
    <span class="visually-hidden"> {bot.name}</span>
  </a>
);

const AccountLine = ({ account: { id, username, isConnected, state, error } }: { account: BotAccount }) => (
  <p class={`row-about tone-${isConnected ? "good" : "bad"}`}>
    <StateIcon state={isConnected ? "completed" : "failed"} /> Telegram account {id}
    {username !== null && (
      <>
        {" "}
        (<a href={`https://t.me/${encodeURIComponent(username)}`}>@{username}</a>)
      </>
    )}
    : {isConnected ? "connected" : (state ?? "not running")}
    {error !== null && `. ${error}`}
  </p>
);
