import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { LinkAccountPage, LinkPart, type LinkShown } from "#views/link-account.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

type LinkDeps = Pick<WebDeps, "messengers" | "notify" | "connections" | "staticFiles">;

/** Links accounts in messengers with whoever is signed in: a code is shown, somebody writes it there, and then it is confirmed. */
export const linkAccountPages = (deps: LinkDeps) => {
  const { messengers, notify } = deps;
  const { linking } = messengers;
  return new Hono<WebEnv>()
    .get(routes.linkAccount.pattern, async (c) => {
      c.header("Cache-Control", "no-store");
      const shown = await shownTo(c, deps, c.req.query("kind") ?? "");
      const isPoll = answerKind(c) === "fragment";
      return c.html(
        isPoll ? <LinkPart {...shown} /> : <LinkAccountPage {...pageProps(c, deps)} {...shown} />,
      );
    })
    .post(routes.linkAccount.pattern, async (c) => {
      const { kind = "", connection = "" } = await sentTexts(c);
      const { id } = await deps.connections.get(connection);
      linking.begin(personIn(c).id, kindOf(deps, kind).kind, id);
      return c.redirect(routes.linkAccount.href({ kind }), 303);
    })
    .post(routes.confirmAccount.pattern, async (c) => {
      const { account: id = "" } = await sentTexts(c);
      const person = personIn(c);
      const { kind, connectionId, account } = linking.confirm(person.id, id);
      const { title } = kindOf(deps, kind);
      const { name, chat } = account;
      const made = {
        personId: person.id,
        kind,
        name: `${title}: ${name}`.slice(0, 100),
        account: id,
        connectionId,
      };
      const channel = await notify.channels.add({ ...made, values: { chat, name } }, c.get("identity").by);
      // It says hello there, and the page then shows whether that arrived.
      await notify.channels.test(channel.id, c.req.raw.signal);
      return c.redirect(routes.notifications.href(), 303);
    })
    .post(routes.leaveAccount.pattern, async (c) => {
      const { kind = "" } = await sentTexts(c);
      linking.leave(personIn(c).id);
      return c.redirect(routes.linkAccount.href({ kind }), 303);
    });
};

/** Only a person says that an account is theirs: what a token signed in ends with the token, and an account would not. */
const personIn = (c: Context<WebEnv>) => {
  const { by, person } = c.get("identity");
  if (by.kind !== "person")
    throw new AppError(
      "not-allowed-now",
      "You signed in with a token, so nobody knows whose account this would be. Sign in by a link, a passkey or your provider, then link the account.",
    );
  return person;
};

const kindOf = ({ notify }: LinkDeps, name: string) => {
  const kind = notify.channels.kind(name);
  if (kind.through === null || kind.fields.length > 0)
    throw new AppError("bad-input", `${kind.title} needs no code: add it as a channel under Notifications.`);
  return kind;
};

const shownTo = async (c: Context<WebEnv>, deps: LinkDeps, name: string): Promise<LinkShown> => {
  const { messengers, connections } = deps;
  const { kind, title, through } = kindOf(deps, name);
  const lines = messengers.lines();
  const lineOf = (id: string) => lines.find(({ connectionId }) => connectionId === id);
  const bots = (await connections.list(through ?? "")).map(({ id, name: called }) => {
    const hears = lineOf(id)?.hears ?? null;
    return {
      connectionId: id,
      name: called,
      deaf: hears === null || hears.ok ? null : (hears.because ?? ""),
    };
  });
  const waiting = messengers.linking.of(personIn(c).id);
  if (waiting === null || waiting.kind !== kind) return { kind, title, bots, pending: null };
  const { code, account, connectionId } = waiting;
  const invite = lineOf(connectionId)?.invite(code.replace("-", "")) ?? null;
  return { kind, title, bots, pending: { code, invite, account } };
};
