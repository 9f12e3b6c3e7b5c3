import type { Right } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";

export interface AgentSignInPageProps extends PageProps {
  /** As the program calls itself. */
  name: string;
  /** Where it takes people back to: "claude.ai". */
  to: string;
  rights: readonly Right[];
  /** What it was sent with, which goes along with the answer. */
  given: Readonly<Record<string, string>>;
}

const words: Readonly<Record<Right, string>> = {
  read: "Look at runs, their logs and files",
  run: "Start and control runs",
  answer: "Answer questions, but for what only a person may",
  admin: "Everything",
};

/** Asks whether an agent may work here. Posts what came with it, `right` for each that is granted, and `agreed`. */
export const AgentSignInPage = ({ name, to, rights, given, ...page }: AgentSignInPageProps) => (
  <Frame title="Let an agent in" {...page} active="settings" explains="agents">
    <h1>Let “{name}” in?</h1>
    <p class="lead">
      A program that calls itself so wants to work here as your agent, with your rights and no more. It takes
      you back to <strong>{to}</strong>. Agree only if it was you who began this there.
    </p>
    <form method="post" action={routes.oauth.authorize.href()} class="ask">
      {Object.entries(given).map(([key, value]) => (
        <input type="hidden" name={key} value={value} />
      ))}
      <fieldset class="group">
        <legend>It may</legend>
        {rights.map((right) => (
          <label>
            <input type="checkbox" name="right" value={right} checked />
            {words[right]}
          </label>
        ))}
      </fieldset>
      <p>
        <small>
          For 90 days, unless you remove its token on your settings page before. What it does is kept as its
          own, not as yours.
        </small>
      </p>
      <div class="ask-buttons">
        <button type="submit" name="agreed" value="yes" class="button-primary">
          Let it in
        </button>
        <button type="submit" name="agreed" value="no" class="button-secondary">
          Refuse
        </button>
      </div>
    </form>
  </Frame>
);

interface AgentLetInPageProps extends PageProps {
  name: string;
  /** Back to the program. */
  href: string;
  isIn: boolean;
}

export const AgentLetInPage = ({ name, href, isIn, ...page }: AgentLetInPageProps) => (
  <Frame title="Back to your agent" {...page} active="settings">
    <h1>{isIn ? `“${name}” is let in` : `“${name}” is not let in`}</h1>
    <p class="lead" role="status">
      You are taken back to it. If that does not happen, <a href={href}>go back yourself</a>; then this page
      can be closed.
    </p>
  </Frame>
);
