import { routes } from "#core/routes.ts";
import { keptOnErrors } from "./parts/htmx.ts";

export const whatIsFound = "Runs, workflows, pages and what is kept";

/** In every page of somebody who is signed in: what `/` and `?` open. static/keys.js opens them; without it nothing of them is seen. */
export const Palette = () => (
  <>
    <dialog id="palette" aria-label="Find" class="palette">
      <form
        method="get"
        action={routes.find.href()}
        hx-get={routes.find.href()}
        hx-trigger="opened, input delay:150ms"
        hx-target="#found"
        hx-sync="this:replace"
        {...keptOnErrors}
      >
        <input
          type="search"
          name="words"
          aria-label={whatIsFound}
          placeholder={whatIsFound}
          autocomplete="off"
        />
      </form>
      <p class="visually-hidden" role="status" />
      <div id="found" />
    </dialog>
    <dialog id="chat" aria-label="Chat" class="palette">
      <div hx-get={routes.chat.href()} hx-trigger="opened" hx-swap="innerHTML" {...keptOnErrors} />
      <form method="dialog">
        <button type="submit" class="button-link">
          Close
        </button>
      </form>
    </dialog>
    <dialog id="shortcuts" aria-labelledby="shortcuts-title" class="palette">
      <h2 id="shortcuts-title">Keys</h2>
      <dl>
        {shortcuts.map(([keys, does]) => (
          <div>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input type="checkbox" id="single-keys" checked /> Single keys do something
      </label>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  </>
);

const shortcuts = [
  ["Ctrl K or /", "find a run, a workflow, a page, or start what is kept"],
  ["c", "chat about runs"],
  ["?", "these keys"],
  ["j, k", "next row of a list, the one before"],
  ["Enter", "open the row"],
  ["a", "run it again"],
  ["d", "download its file"],
  ["x", "choose it"],
] as const;
