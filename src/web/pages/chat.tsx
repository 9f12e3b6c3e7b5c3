import { type Context, Hono } from "hono";
import { createConversations } from "#chat/conversation.ts";
import { statusOf } from "#chat/told.ts";
import type { Chat, ChatLine } from "#core/chat.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { ChatLines, ChatPage, ChatPart, type ChatShown } from "#views/chat.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

type ChatPageDeps = Pick<WebDeps, "engine" | "store" | "clock" | "staticFiles">;

/** Runs in sentences: a page for all browsers, and the panel of every page. */
export const chatPages = (deps: ChatPageDeps) => {
  const { engine, clock } = deps;
  const conversations = createConversations({ engine, clock, chats: deps.store.chats });
  return new Hono<WebEnv>()
    .get(routes.chat.pattern, async (c) => {
      c.header("Cache-Control", "no-store");
      const chat = await conversations.of(placeOf(c));
      const seen = await seenOf(deps, chat);
      const asked = c.req.query("seen");
      if (asked === seen) return c.body(null, 204);
      const shown = await shownTo(c, deps, chat, seen);
      if (answerKind(c) !== "fragment") return c.html(<ChatPage {...pageProps(c, deps)} {...shown} />);
      return c.html(asked === undefined ? <ChatPart {...shown} /> : <ChatLines {...shown} />);
    })
    .post(routes.chat.pattern, async (c) => {
      const says = (await sentTexts(c)).says?.trim() ?? "";
      if (says === "")
        throw new AppError("bad-input", "Write what you want to know, or what is to be done.", {
          field: "says",
        });
      await conversations.say(placeOf(c), c.get("identity"), says);
      if (answerKind(c) !== "fragment") return c.redirect(routes.chat.href(), 303);
      const chat = await conversations.of(placeOf(c));
      return c.html(<ChatLines {...(await shownTo(c, deps, chat, await seenOf(deps, chat)))} />);
    });
};

/** A person's conversation is the same in all browsers of theirs. */
const placeOf = (c: Context<WebEnv>): string => `page:${c.get("identity").person.id}`;

/** Differs when something was said, and when a run moved on of which the chat tells. */
const seenOf = async (
  { engine }: Pick<ChatPageDeps, "engine">,
  { lines, changedAt }: Chat,
): Promise<string> => {
  const versions = await Promise.all(liveIn(lines).map((run) => engine.version(run)));
  return [changedAt, lines.length, ...versions].join(".");
};

const liveIn = (lines: readonly ChatLine[]): string[] =>
  lines.flatMap((line) => (line.by === "milepost" && line.live !== null ? [line.live] : []));

/** The last word about a run is told anew; what led to it stays as it was said. */
const shownTo = async (
  c: Context<WebEnv>,
  { engine, clock }: ChatPageDeps,
  { lines }: Chat,
  seen: string,
): Promise<ChatShown> => {
  const who = c.get("identity");
  const fresh = async (line: ChatLine): Promise<ChatLine> => {
    if (line.by === "person" || line.live === null || (await engine.version(line.live)) === null) return line;
    const picture = await engine.picture(line.live);
    return { ...line, ...statusOf(seenBy(picture, permitsOf(who, picture))) };
  };
  return { lines: await Promise.all(lines.map(fresh)), seen, now: clock.now() };
};
