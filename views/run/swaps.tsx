import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { FeedEvent, LogLine } from "#core/event.ts";
import type { RunPicture } from "#core/picture.ts";
import { windowTitle } from "#views/frame.tsx";
import { Freshness } from "./head.tsx";
import { HistoryEvents, titleIn } from "./log.tsx";
import { LogGroups } from "./log-lines.tsx";
import { runTitle } from "./said.ts";

/** The steps in a list of their own; the whole list is swapped only when other steps are in it. */
export const StepList = ({ children }: { children: Child }) => (
  <ol class="steps" id="step-list">
    {children}
  </ol>
);

export interface RunSwapsProps {
  picture: RunPicture;
  /** What a page has seen that shows these. */
  seen: string;
  swaps: readonly Swap[];
  log: Added<LogLine>;
  history: Added<FeedEvent>;
}

/** HTML that takes the place of the element with this id. */
export interface Swap {
  id: string;
  html: string;
  /** Morphing keeps what a person opened, typed or focused; an answer that was refused has to replace what was typed. */
  how: "outerMorph" | "outerHTML";
}

/** What came to a list since; `whole`: it takes the place of all that is there. */
export interface Added<T> {
  whole: boolean;
  items: readonly T[];
}

/** An answer to a page of a run: the window's title, what polls next, and every part that this page does not show yet. */
export const RunSwaps = ({ picture, seen, swaps, log, history }: RunSwapsProps) => (
  <>
    <title>{windowTitle(runTitle(picture))}</title>
    <hx-partial id="freshness" hx-swap="outerMorph">
      <Freshness picture={picture} now={null} seen={seen} />
    </hx-partial>
    {swaps.map(({ id, html, how }) => (
      <hx-partial id={id} hx-swap={how}>
        {raw(html)}
      </hx-partial>
    ))}
    {(log.whole || log.items.length > 0) && (
      <hx-partial id="log" hx-swap={log.whole ? "innerHTML" : "beforeend"}>
        <LogGroups runId={picture.id} lines={log.items} titleOf={titleIn(picture)} />
      </hx-partial>
    )}
    {(history.whole || history.items.length > 0) && (
      <hx-partial id="history" hx-swap={history.whole ? "innerHTML" : "afterbegin"}>
        <HistoryEvents picture={picture} events={history.items} />
      </hx-partial>
    )}
  </>
);
