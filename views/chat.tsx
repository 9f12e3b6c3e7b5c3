import type { ChatLine } from "#core/chat.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago } from "./parts/clock.tsx";
import { polls } from "./parts/htmx.ts";

export interface ChatShown {
  /** The oldest first. */
  lines: readonly ChatLine[];
  /** What stands there, as a word that differs when it would show something else. */
  seen: string;
  now: number;
}

interface ChatPageProps extends PageProps, ChatShown {}

/** What was said and answered, as a page of its own; every page has the same behind “Chat”. */
export const ChatPage = ({ user, version, ...shown }: ChatPageProps) => (
  <Frame title="Chat" user={user} version={version} active={null} now={shown.now} live>
    <h1>Chat</h1>
    <ChatPart {...shown} />
  </Frame>
);

/** The conversation with its line to type in. */
export const ChatPart = (shown: ChatShown) => (
  <div id="chat-part" class="chat">
    <ChatLines {...shown} />
    <form
      method="post"
      action={routes.chat.href()}
      class="chat-form"
      hx-post={routes.chat.href()}
      hx-target="#chat-lines"
      hx-swap="outerHTML"
      hx-sync="#chat-lines:replace"
    >
      <label class="visually-hidden" for="chat-says">
        Ask about a run, or say what to do with it
      </label>
      <input
        id="chat-says"
        name="says"
        placeholder="How is my export going?"
        maxlength={4_000}
        required
        autocomplete="off"
        autofocus
      />
      <button type="submit" class="button-primary">
        Say
      </button>
    </form>
  </div>
);

/** What was said so far; it follows the runs that it tells of. */
export const ChatLines = ({ lines, seen, now }: ChatShown) => (
  <div id="chat-lines" class="chat-lines" {...polls(routes.chat.href({ seen }))}>
    {lines.length === 0 && (
      <p class="muted">
        Ask where a run stands, or say what to do with it: “how is my export going?”, “show its logs”, “pause
        it”, “what needs me?”. “help” says more.
      </p>
    )}
    <ol aria-live="polite">
      {lines.map((line, at) => (
        <li id={`chat-${line.at}-${at}`} class={line.by === "person" ? "chat-person" : "chat-milepost"}>
          <span class="visually-hidden">{line.by === "person" ? "You" : "Milepost"}: </span>
          {line.by === "person" ? <p>{line.text}</p> : <Reply line={line} last={at === lines.length - 1} />}
          <small>
            <Ago at={line.at} now={now} />
          </small>
        </li>
      ))}
    </ol>
  </div>
);

interface ReplyProps {
  line: Extract<ChatLine, { by: "milepost" }>;
  /** What can be said next is offered beneath the newest answer only: an older one may no longer be so. */
  last: boolean;
}

const Reply = ({ line: { lines, link, buttons }, last }: ReplyProps) => (
  <>
    {lines.map((one) => (
      <p>{one}</p>
    ))}
    {link !== null && (
      <p>
        <a href={link.href}>{link.label}</a>
      </p>
    )}
    {last && buttons.length > 0 && (
      <form
        method="post"
        action={routes.chat.href()}
        class="chat-buttons"
        hx-post={routes.chat.href()}
        hx-target="#chat-lines"
        hx-swap="outerHTML"
        hx-sync="#chat-lines:replace"
      >
        {buttons.map(({ label, says }) => (
          <button type="submit" name="says" value={says} class="button-outline">
            {label}
          </button>
        ))}
      </form>
    )}
  </>
);
