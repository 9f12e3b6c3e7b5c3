import { routes } from "#core/routes.ts";
import { Frame } from "./frame.tsx";

/** Posts `token` to routes.signIn. */
export const SignInPage = ({ version, error }: { version: string; error?: string }) => (
  <Frame title="Sign in" user={null} version={version} active={null}>
    <div class="panel narrow sign-in">
      <h1>Sign in</h1>
      {error !== undefined && (
        <p class="note tone-bad" role="alert">
          {error}
        </p>
      )}
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
            autocomplete="current-password"
            spellcheck={false}
          />
        </div>
        <button type="submit" class="button-primary">
          Sign in
        </button>
      </form>
    </div>
  </Frame>
);
