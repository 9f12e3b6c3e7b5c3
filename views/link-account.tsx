import { routes } from "#core/routes.ts";
import { CodeView } from "./form/code.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { polls } from "./parts/htmx.ts";

/** A bot or an app that people write to. */
export interface LinkedBy {
  connectionId: string;
  /** As an admin called it. */
  name: string;
  /** Why it hears nobody; null: it hears, or that is not known yet. */
  deaf: string | null;
}

export interface LinkShown {
  /** "telegram". */
  kind: string;
  /** "Telegram". */
  title: string;
  bots: readonly LinkedBy[];
  pending: {
    code: string;
    /** Where the code is sent with one press. */
    invite: string | null;
    /** Who sent it; null: nobody yet. */
    account: { id: string; name: string } | null;
  } | null;
}

/** Makes an account in a messenger a person's own. */
export const LinkAccountPage = ({ user, version, warning, ...shown }: PageProps & LinkShown) => (
  <Frame
    title={`Link ${shown.title}`}
    {...{ user, version, warning }}
    active="settings"
    explains="notifications"
  >
    <p class="crumbs">
      <a href={routes.notifications.href()}>Notifications</a>
    </p>
    <h1>Link {shown.title}</h1>
    <LinkPart {...shown} />
  </Frame>
);

/** Where the linking stands; it follows by itself while a code waits for whoever sends it. */
export const LinkPart = (shown: LinkShown) => {
  const { pending, kind } = shown;
  const waits = pending !== null && pending.account === null;
  return (
    <div id="link-part" {...(waits ? polls(routes.linkAccount.href({ kind })) : {})}>
      {pending === null ? <Begin {...shown} /> : <Waiting {...shown} pending={pending} />}
    </div>
  );
};

const Begin = ({ kind, title, bots }: LinkShown) => (
  <>
    <p>
      Milepost shows you a code, you write it to the bot in {title}, and then you say here that the account is
      yours. From then on you are told there, and what you write and press there counts as yours.
    </p>
    {bots.length === 0 && (
      <p class="note tone-waiting">
        There is no {title} connection yet. An admin adds one under Connections, then come back.
      </p>
    )}
    {bots.map(({ connectionId, name, deaf }) => (
      <form method="post" action={routes.linkAccount.href()}>
        <input type="hidden" name="kind" value={kind} />
        <input type="hidden" name="connection" value={connectionId} />
        <p>
          <strong>{name}</strong>
        </p>
        {deaf !== null && <p class="note tone-failed">What is written to it is not heard: {deaf}</p>}
        <button type="submit" class="button-primary" aria-label={`Show a code for ${name}`}>
          Show a code
        </button>
      </form>
    ))}
  </>
);

const Waiting = ({
  kind,
  title,
  pending: { code, invite, account },
}: LinkShown & { pending: NonNullable<LinkShown["pending"]> }) =>
  account === null ? (
    <>
      <p>Write this to the bot in {title} within ten minutes. It works once; show it to nobody else.</p>
      <CodeView label="Code" text={code} id="link-code" />
      {invite !== null && (
        <p>
          Or <a href={invite}>open the bot with the code</a> on a device that has {title}, and press Start
          there.
        </p>
      )}
      <p aria-live="polite">Nobody has written it yet. This page follows by itself.</p>
      <p>
        <a href={routes.linkAccount.href({ kind })}>Look again</a>
      </p>
      <Leave kind={kind} label="Leave it" />
    </>
  ) : (
    <>
      <p aria-live="polite">
        <strong>{account.name}</strong> ({account.id} in {title}) wrote the code. Is that you?
      </p>
      <div class="ask-buttons">
        <form method="post" action={routes.confirmAccount.href()}>
          <input type="hidden" name="kind" value={kind} />
          <input type="hidden" name="account" value={account.id} />
          <button type="submit" class="button-primary">
            Yes, this account is mine
          </button>
        </form>
        <Leave kind={kind} label="No, that is somebody else" />
      </div>
    </>
  );

const Leave = ({ kind, label }: { kind: string; label: string }) => (
  <form method="post" action={routes.leaveAccount.href()}>
    <input type="hidden" name="kind" value={kind} />
    <button type="submit" class="button-outline">
      {label}
    </button>
  </form>
);
