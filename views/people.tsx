import { ownerId, type Person, type Role, roles } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import { CodeView } from "./form/code.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago } from "./parts/clock.tsx";
import { Notice } from "./parts/notice.tsx";
import { ConfirmButton, PostButton } from "./parts/post-button.tsx";

export interface PeoplePageProps extends PageProps {
  people: readonly Person[];
  /** Who looks. */
  mine: string;
  /** A link that was made just now, which is shown this once. */
  invited?: { person: Person; link: string };
  error?: { message: string; field: string | null };
  /** What was typed. */
  typed?: { name: string; role: string; email?: string };
  /** What the provider is called at which they may sign in; null: there is none. */
  provider: string | null;
  now: number;
}

const roleWords = {
  viewer: "Viewer: looks",
  operator: "Operator: starts runs, controls those they started, answers",
  admin: "Admin: does everything",
} as const satisfies Record<Role, string>;

/** Who is here. Posts `name` and `role` to routes.people, to invite, and to routes.person. */
export const PeoplePage = ({
  user,
  version,
  warning,
  people,
  mine,
  invited,
  error,
  typed,
  provider,
  now,
}: PeoplePageProps) => (
  <Frame
    title="People"
    user={user}
    version={version}
    warning={warning ?? null}
    active="settings"
    explains="signIn"
    now={now}
  >
    <p class="crumbs">
      <a href={routes.settings.href()}>Settings</a>
    </p>
    <h1>People</h1>
    {invited !== undefined && (
      <Notice tone="good" title={`A link for ${invited.person.name}`} id="invited" came>
        <p>
          Send it by a way that nobody else reads. It signs in one browser, works once and for 7 days, and is
          shown this once.
          {invited.person.email !== null &&
            provider !== null &&
            ` Or they sign in with ${provider}, as ${invited.person.email}.`}
        </p>
        <CodeView label="Link" text={invited.link} id="invitation" />
      </Notice>
    )}
    <ul class="row-list">
      {people.map((person) => (
        <PersonRow person={person} isMine={person.id === mine} provider={provider} now={now} />
      ))}
    </ul>
    <section aria-labelledby="invite-title">
      <h2 id="invite-title">Invite somebody</h2>
      {error !== undefined && (
        <p class="note tone-bad" role="alert">
          {error.message}
        </p>
      )}
      <form method="post" action={routes.people.href()}>
        <div class="filters">
          <label>
            <span>Name</span>
            <input
              type="text"
              name="name"
              required
              maxlength={60}
              autocomplete="off"
              value={typed?.name}
              aria-invalid={error?.field === "name" ? "true" : undefined}
            />
          </label>
          {provider !== null && (
            <Email provider={provider} email={typed?.email} wrong={error?.field === "email"} />
          )}
          <RoleChoice chosen={typed?.role ?? "operator"} />
          <button type="submit" class="button-primary">
            Make a link
          </button>
        </div>
      </form>
    </section>
  </Frame>
);

const RoleChoice = ({ chosen }: { chosen: string }) => (
  <label>
    <span>They are</span>
    <select name="role">
      {roles.map((role) => (
        <option value={role} selected={role === chosen}>
          {roleWords[role]}
        </option>
      ))}
    </select>
  </label>
);

interface EmailProps {
  provider: string;
  email: string | undefined;
  wrong?: boolean;
}

const Email = ({ provider, email, wrong = false }: EmailProps) => (
  <label>
    <span>E-mail at {provider}</span>
    <input
      type="email"
      name="email"
      maxlength={254}
      autocomplete="off"
      value={email}
      aria-invalid={wrong ? "true" : undefined}
    />
  </label>
);

interface PersonRowProps extends Pick<PeoplePageProps, "provider" | "now"> {
  person: Person;
  isMine: boolean;
}

const PersonRow = ({ person, isMine, provider, now }: PersonRowProps) => (
  <li class="row" id={`person-${person.id}`} hx-ignore>
    <div class="row-main">
      <p class="row-title">
        <strong>{person.name}</strong>
        {isMine && " (you)"}
      </p>
      <p class="row-about">
        {person.email !== null && `${person.email}, `}
        {person.id === ownerId ? "Owner: does everything" : roleWords[person.role]}
        {person.roleBefore !== null && " (as their groups say)"};{" "}
        {person.joinedAt === null ? (
          <>
            invited <Ago at={person.createdAt} now={now} />, has not come yet
          </>
        ) : (
          <>
            here since <Ago at={person.joinedAt} now={now} />
          </>
        )}
      </p>
      <details class="row-change" id={`change-${person.id}`}>
        <summary>Change…</summary>
        <form method="post" action={routes.person.href({ id: person.id })} class="filters">
          <label>
            <span>Name</span>
            <input type="text" name="name" required maxlength={60} autocomplete="off" value={person.name} />
          </label>
          {provider !== null && <Email provider={provider} email={person.email ?? ""} />}
          {person.id === ownerId ? (
            <input type="hidden" name="role" value="admin" />
          ) : (
            <RoleChoice chosen={person.role} />
          )}
          <button type="submit">Save</button>
        </form>
      </details>
    </div>
    {person.id !== ownerId && (
      <div class="row-actions">
        <PostButton
          action={routes.inviteAgain.href({ id: person.id })}
          label="New link"
          about={`for ${person.name}`}
          id={`link-${person.id}`}
          look="outline"
        />
        <ConfirmButton
          action={routes.removePerson.href({ id: person.id })}
          ask="Remove…"
          label="Yes, remove them"
          about={person.name}
          id={`remove-${person.id}`}
          look="danger"
          confirm={
            <p>
              Their browsers are signed out at once, their API tokens and links end. What they did stays with
              their name, and their runs go on.
            </p>
          }
        />
      </div>
    )}
  </li>
);
