import type { ApiToken } from "#core/accounts.ts";
import type { Scope } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { Ago, DateTime } from "./parts/clock.tsx";
import { ConfirmButton } from "./parts/post-button.tsx";

interface TokensProps {
  tokens: readonly ApiToken[];
  workflows: readonly { id: string; title: string }[];
  now: number;
}

export const TokenList = ({ tokens, workflows, now }: TokensProps) =>
  tokens.length === 0 ? null : (
    <ul class="row-list">
      {tokens.map((token) => (
        <TokenRow token={token} workflows={workflows} now={now} />
      ))}
    </ul>
  );

const mays: readonly [string, string][] = [
  ["read run answer", "work with runs: look, start, control, answer"],
  ["read", "look only"],
  ["read run", "look, start and control runs"],
  ["read answer", "look and answer questions"],
  ["admin", "do everything, settings and other tokens too"],
];
const lasting: readonly [string, string][] = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["", "until it is removed"],
];

/** Posts `name`, `may`, `days` and, once for each that is chosen, `workflow` to routes.tokens. */
export const TokenForm = ({ workflows }: Pick<TokensProps, "workflows">) => (
  <form method="post" action={routes.tokens.href()}>
    <div class="filters">
      <label>
        <span>Name of a new token</span>
        <input type="text" name="name" required autocomplete="off" placeholder="nightly export" />
      </label>
      <label>
        <span>It may</span>
        <select name="may">
          {mays.map(([value, label]) => (
            <option value={value}>{label}</option>
          ))}
        </select>
      </label>
      <label>
        <span>It works for</span>
        <select name="days">
          {lasting.map(([value, label]) => (
            <option value={value} selected={value === "90"}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button-primary">
        Make a token
      </button>
    </div>
    <details id="token-workflows">
      <summary>Only for some workflows or apps…</summary>
      <fieldset>
        <legend>With none chosen it is for all.</legend>
        {workflows.map(({ id, title }) => (
          <label>
            <input type="checkbox" name="workflow" value={id} /> {title}
          </label>
        ))}
      </fieldset>
    </details>
  </form>
);

const TokenRow = ({ token, workflows, now }: { token: ApiToken } & Omit<TokensProps, "tokens">) => (
  <li class="row" id={`token-${token.id}`} hx-ignore>
    <div class="row-main">
      <p class="row-title">
        <strong>{token.name}</strong>
      </p>
      <p class="row-about">
        may {told(token.scope, workflows)}; made{token.madeBy !== "" && ` by ${token.madeBy}`}{" "}
        <Ago at={token.createdAt} now={now} />,{" "}
        {token.lastUsedAt === null ? (
          "never used"
        ) : (
          <>
            last used <Ago at={token.lastUsedAt} now={now} />
          </>
        )}
        {token.expiresAt !== null && (
          <>
            , {token.expiresAt > now ? "works until" : "does not work since"}{" "}
            <DateTime at={token.expiresAt} />
          </>
        )}
      </p>
    </div>
    <div class="row-actions">
      <ConfirmButton
        action={routes.removeToken.href({ id: token.id })}
        ask="Remove…"
        label="Yes, remove it"
        about={token.name}
        id={`remove-token-${token.id}`}
        look="danger"
        confirm={
          <p>
            Programs that use it are refused from now on, what they hold open is closed, and tokens that were
            made with it are removed too.
          </p>
        }
      />
    </div>
  </li>
);

const told = ({ rights, workflows }: Scope, known: TokensProps["workflows"]): string => {
  const may = mays.find(([value]) => value === rights.join(" "))?.[1] ?? rights.join(", ");
  if (workflows === null) return may;
  return `${may}; only of ${workflows.map((id) => known.find((one) => one.id === id)?.title ?? id).join(", ")}`;
};
