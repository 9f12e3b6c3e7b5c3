import type { ApiToken, AuditEntry, Session } from "#core/accounts.ts";
import type { Passkey } from "#core/passkey.ts";
import type { Person } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import type { Share } from "#core/shares.ts";
import { CodeView } from "./form/code.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { Notice } from "./parts/notice.tsx";
import { type AddsPasskey, Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";
import { ShareList } from "./shares.tsx";
import { TokenForm, TokenList } from "./tokens.tsx";

export interface SettingsPageProps extends PageProps {
  sessions: readonly Session[];
  /** The one that looks; null: a program does. */
  thisSession: string | null;
  passkeys: readonly Passkey[];
  addsPasskey: AddsPasskey;
  tokens: readonly ApiToken[];
  /** As is told to admins: whoever deploys has set a token, too. */
  hasPresetToken: boolean;
  workflows: readonly { id: string; title: string }[];
  newToken?: { name: string; secret: string };
  /** The links to runs that hold. */
  shares: readonly Share[];
  /** Null for whoever is no admin: what others did is not for them. */
  audits: readonly AuditEntry[] | null;
  /** As above. */
  people: readonly Person[] | null;
  /** The version of Milepost. */
  runs: string;
  now: number;
}

/** Who is signed in, tokens, and who did what. */
export const SettingsPage = ({
  user,
  version,
  warning,
  sessions,
  thisSession,
  passkeys,
  addsPasskey,
  tokens,
  hasPresetToken,
  workflows,
  newToken,
  shares,
  audits,
  people,
  runs,
  now,
}: SettingsPageProps) => (
  <Frame title="Settings" user={user} version={version} warning={warning ?? null} active="settings" now={now}>
    <h1>Settings</h1>
    <p>
      This is Milepost {runs}. <a href={routes.changes.href()}>What changed</a>
    </p>
    <p>
      <a href={routes.notifications.href()}>Notifications</a>: by which ways you are reached, and what you are
      told.
    </p>
    {people !== null && (
      <p>
        <a href={routes.storage.href()}>Storage</a>: what takes room, how long runs are kept, and what was
        cleaned up. <a href={routes.nodes.href()}>Nodes</a>: the processes that share the work.
      </p>
    )}
    {people !== null && <PeopleSection people={people} />}
    <Sessions sessions={sessions} mine={thisSession} passkeys={passkeys} people={people ?? []} now={now} />
    <Passkeys passkeys={passkeys} adds={addsPasskey} people={people ?? []} version={version} now={now} />
    <section aria-labelledby="tokens-title">
      <h2 id="tokens-title">API tokens</h2>
      <p>
        A program sends its token as <code>Authorization: Bearer …</code> and may then do what it is for. The{" "}
        <a href={routes.api.docs.href()}>API</a> lists every call.
      </p>
      {newToken !== undefined && (
        <Notice tone="good" title={`The token “${newToken.name}” is made`} id="new-token" came>
          <p>Copy it now: it is shown this once and kept only as a hash.</p>
          <CodeView label="Token" text={newToken.secret} id="token" />
        </Notice>
      )}
      {hasPresetToken && (
        <p id="preset-token">
          One more is set by <code>MILEPOST_API_TOKEN</code> and may do everything. It ends when the server is
          started with another or none.
        </p>
      )}
      <TokenList tokens={tokens} workflows={workflows} now={now} />
      <TokenForm workflows={workflows} />
    </section>
    {shares.length > 0 && (
      <section aria-labelledby="shares-title">
        <h2 id="shares-title">Links to runs</h2>
        <ShareList shares={shares} now={now} />
      </section>
    )}
    {audits !== null && (
      <section aria-labelledby="audit-title">
        <h2 id="audit-title">Who did what</h2>
        {audits.length === 0 ? <p>Nothing yet.</p> : <Audits audits={audits} now={now} />}
        <p>
          <a href={routes.api.audit.href()} download="milepost-audit.jsonl">
            Save all of it as JSON lines
          </a>
          . Nothing of it is ever changed or removed; <code>milepost verify-audit</code> looks whether that is
          so.
        </p>
      </section>
    )}
  </Frame>
);

const PeopleSection = ({ people }: { people: readonly Person[] }) => (
  <section aria-labelledby="people-title">
    <h2 id="people-title">People</h2>
    <p>
      {people.length === 1
        ? "You have this Milepost for yourself. "
        : `${people.length} people are here (${people.map(({ name }) => name).join(", ")}). `}
      <a href={routes.people.href()}>{people.length === 1 ? "Invite somebody" : "Who may do what"}</a>
    </p>
  </section>
);

const Audits = ({ audits, now }: { audits: readonly AuditEntry[]; now: number }) => (
  <section class="scroll-box" tabindex={0} aria-label="What was done, newest first" hx-ignore>
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Did</th>
          <th scope="col">To what</th>
        </tr>
      </thead>
      <tbody>
        {audits.map((entry) => (
          <tr>
            <td>
              <Ago at={entry.at} now={now} />{" "}
              <small>
                <DateTime at={entry.at} />
              </small>
            </td>
            <td>{entry.by.name}</td>
            <td>{entry.did}</td>
            <td>{entry.target}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
