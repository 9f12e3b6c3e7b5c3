import type { Session } from "#core/accounts.ts";
import type { Passkey } from "#core/passkey.ts";
import type { Person } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import { Ago } from "./parts/clock.tsx";
import { ConfirmButton, PostButton } from "./parts/post-button.tsx";

interface SessionsProps {
  sessions: readonly Session[];
  /** The one that looks. */
  mine: string | null;
  passkeys: readonly Passkey[];
  /** Where there are several, each session says whose it is. */
  people: readonly Person[];
  now: number;
}

/** The browsers that are signed in. Posts nothing to routes.endSession and routes.endSessions. */
export const Sessions = ({ sessions, mine, passkeys, people, now }: SessionsProps) => (
  <section aria-labelledby="sessions-title">
    <h2 id="sessions-title">Signed-in browsers</h2>
    {sessions.length === 0 ? (
      <p>No browser is signed in.</p>
    ) : (
      <ul class="row-list">
        {sessions.map((session) => (
          <SessionRow
            session={session}
            isMine={session.id === mine}
            whose={whoseOf(session, people)}
            passkey={passkeys.find(({ id }) => id === session.passkeyId)?.name ?? null}
            now={now}
          />
        ))}
      </ul>
    )}
    <div class="row-actions">
      {sessions.some(({ id, tokenId }) => id === mine && tokenId === null) && (
        <PostButton action={routes.anotherDevice.href()} label="Sign in another device" id="another-device" />
      )}
      {sessions.some(({ id }) => id !== mine) && (
        <ConfirmButton
          action={routes.endSessions.href()}
          ask="Sign out all others…"
          label="Yes, sign them out"
          about="all other browsers"
          id="end-sessions"
          look="danger"
          confirm={
            <p>
              {people.length > 1 ? "All other browsers of yours" : "They"} are signed out at once, and sign-in
              links that nobody used yet stop working. API tokens and passkeys stay.
            </p>
          }
        />
      )}
    </div>
  </section>
);

const whoseOf = ({ personId }: Session, people: readonly Person[]): string | null =>
  people.length < 2 ? null : (people.find(({ id }) => id === personId)?.name ?? null);

interface SessionRowProps {
  session: Session;
  isMine: boolean;
  whose: string | null;
  /** That it signed in with. */
  passkey: string | null;
  now: number;
}

const SessionRow = ({ session, isMine, whose, passkey, now }: SessionRowProps) => {
  const device = session.device === "" ? "A browser" : session.device;
  return (
    <li class="row" id={`session-${session.id}`} hx-ignore>
      <div class="row-main">
        <p class="row-title">
          <strong>{whose === null ? device : `${whose}: ${device}`}</strong>
          {isMine && " (this browser)"}
        </p>
        <p class="row-about">
          {session.place !== "" && `from ${session.place}, `}
          {passkey !== null && `with the passkey “${passkey}”, `}
          {session.tokenId !== null && `with the API token “${session.userName}”, `}
          signed in <Ago at={session.createdAt} now={now} />, last used{" "}
          <Ago at={session.lastSeenAt} now={now} />
        </p>
      </div>
      {!isMine && (
        <div class="row-actions">
          <ConfirmButton
            action={routes.endSession.href({ id: session.id })}
            ask="Sign out…"
            label="Yes, sign it out"
            about={device}
            id={`end-session-${session.id}`}
            look="danger"
            confirm={<p>It is signed out at once and sees nothing more.</p>}
          />
        </div>
      )}
    </li>
  );
};
