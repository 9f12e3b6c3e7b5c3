import { routes } from "#core/routes.ts";
import { Frame } from "./frame.tsx";
import { SignInWithPasskey } from "./passkeys.tsx";

/** How people can sign in here besides by link. */
export interface WaysIn {
  /** Whether somebody has a passkey for this place. */
  passkeys: boolean;
  /** What the provider is called at which they sign in; null: there is none. */
  provider: string | null;
}

interface SignInPageProps {
  version: string;
  ways: WaysIn;
  /** The secret of the link that was opened; null: none was. */
  link: string | null;
  error: string | null;
}

/** Posts `token` to routes.signIn. */
export const SignInPage = ({ version, ways, link, error }: SignInPageProps) => (
  <Frame title="Sign in" user={null} version={version} active={null} explains="signIn">
    <div class="panel narrow sign-in">
      <h1>Sign in</h1>
      {error !== null && (
        <p class="note tone-bad" role="alert">
          {error}
        </p>
      )}
      {link === null ? (
        <>
          {(ways.passkeys || ways.provider !== null) && (
            <div class="ways-in">
              {ways.passkeys && <SignInWithPasskey version={version} />}
              {ways.provider !== null && (
                <a href={routes.oidc.href()} class="button button-primary">
                  Sign in with {ways.provider}
                </a>
              )}
            </div>
          )}
          <WithoutLink {...ways} />
        </>
      ) : (
        <WithLink secret={link} />
      )}
    </div>
  </Frame>
);

const WithLink = ({ secret }: { secret: string }) => (
  <form method="post" action={routes.signIn.href()}>
    <p>Your link signs this browser in. It works once.</p>
    <input type="hidden" name="token" value={secret} />
    <button type="submit" class="button-primary" autofocus>
      Sign in
    </button>
  </form>
);

const WithoutLink = ({ passkeys, provider }: WaysIn) => (
  <>
    <p>
      Open the link that the server printed when it started. It signs this browser in; each link works once.
      On the machine of the server <code>milepost sign-in</code> prints a new one.
    </p>
    <form method="post" action={routes.signIn.href()}>
      <div class="field">
        <label for="token">Or paste the token of the link, or an API token</label>
        <input
          type="password"
          id="token"
          name="token"
          required
          autocomplete={passkeys ? "current-password webauthn" : "current-password"}
          spellcheck={false}
        />
      </div>
      <button type="submit" class={passkeys || provider !== null ? "button-secondary" : "button-primary"}>
        Sign in
      </button>
    </form>
  </>
);

/** Goes on to sign out at the provider, too. A page and no redirect, because browsers let no form lead to another site. */
export const SignedOutPage = ({ version, provider, to }: SignedOutProps) => (
  <Frame title="Signed out" user={null} version={version} active={null} explains="signIn" goesOnTo={to}>
    <div class="panel narrow sign-in">
      <h1>Signed out</h1>
      <p>
        This browser is signed out of Milepost. <a href={to}>Sign out at {provider}, too</a>: this page goes
        on there by itself.
      </p>
    </div>
  </Frame>
);

interface SignedOutProps {
  version: string;
  provider: string;
  /** Where people sign out there. */
  to: string;
}
