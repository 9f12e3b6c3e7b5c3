import type { Passkey } from "#core/passkey.ts";
import type { Person } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import { versioned } from "./frame.tsx";
import { Ago } from "./parts/clock.tsx";
import { ConfirmButton } from "./parts/post-button.tsx";

/** Whether whoever looks can add one here. */
export interface AddsPasskey {
  /** What it is called unless they say otherwise: "Firefox on Linux". */
  as: string;
  /** Why not, as a sentence; null: they can. */
  hinders: string | null;
}

interface PasskeysProps {
  passkeys: readonly Passkey[];
  adds: AddsPasskey;
  /** Where there are several, each passkey says whose it is. */
  people: readonly Person[];
  version: string;
  now: number;
}

/** What people sign in with besides links. Posts `name` and `passkey` to routes.passkeys. */
export const Passkeys = ({ passkeys, adds, people, version, now }: PasskeysProps) => (
  <section aria-labelledby="passkeys-title">
    <h2 id="passkeys-title">Passkeys</h2>
    <p>
      With a passkey you sign in by finger, face or PIN. It stays on your device or in your password manager;
      what is kept here lets nobody in.
    </p>
    {passkeys.length > 0 && (
      <ul class="row-list">
        {passkeys.map((passkey) => (
          <PasskeyRow passkey={passkey} people={people} now={now} />
        ))}
      </ul>
    )}
    {adds.hinders !== null ? <p>{adds.hinders}</p> : <AddForm as={adds.as} version={version} />}
  </section>
);

const AddForm = ({ as, version }: { as: string; version: string }) => (
  <>
    <form method="post" action={routes.passkeys.href()} class="js-only" data-passkey="make">
      <input type="hidden" name="passkey" />
      <div class="filters">
        <label>
          <span>Name of the passkey</span>
          <input type="text" name="name" required maxlength={60} autocomplete="off" value={as} />
        </label>
        <button type="submit">Add a passkey</button>
      </div>
    </form>
    <noscript>
      <p>Adding a passkey needs JavaScript.</p>
    </noscript>
    <PasskeyScript version={version} />
  </>
);

/** The button to sign in with one. Posts `passkey` to routes.passkeySignIn. */
export const SignInWithPasskey = ({ version }: { version: string }) => (
  <>
    <form method="post" action={routes.passkeySignIn.href()} class="js-only" data-passkey="use">
      <input type="hidden" name="passkey" />
      <button type="submit" class="button-primary">
        Sign in with a passkey
      </button>
    </form>
    <PasskeyScript version={version} />
  </>
);

const PasskeyScript = ({ version }: { version: string }) => (
  <script src={versioned("passkeys.js", version)} defer />
);

interface PasskeyRowProps extends Pick<PasskeysProps, "people" | "now"> {
  passkey: Passkey;
}

const PasskeyRow = ({ passkey, people, now }: PasskeyRowProps) => {
  const whose = people.length < 2 ? undefined : people.find(({ id }) => id === passkey.personId);
  return (
    <li class="row" id={`passkey-${passkey.id}`} hx-ignore>
      <div class="row-main">
        <p class="row-title">
          <strong>{whose === undefined ? passkey.name : `${whose.name}: ${passkey.name}`}</strong>
        </p>
        <p class="row-about">
          for {passkey.host}, added <Ago at={passkey.createdAt} now={now} />,{" "}
          {passkey.lastUsedAt === null ? (
            "not used yet"
          ) : (
            <>
              last used <Ago at={passkey.lastUsedAt} now={now} />
            </>
          )}
        </p>
      </div>
      <div class="row-actions">
        <ConfirmButton
          action={routes.removePasskey.href({ id: passkey.id })}
          ask="Remove…"
          label="Yes, remove it"
          about={passkey.name}
          id={`remove-passkey-${passkey.id}`}
          look="danger"
          confirm={<p>It lets nobody in any more, and browsers that it signed in are signed out at once.</p>}
        />
      </div>
    </li>
  );
};
