import { failedItems, type ItemCounts, itemStates, itemsIn } from "#core/item.ts";
import type { ItemSeen, ItemsSeen } from "#core/items-seen.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { intervalText } from "#views/format.ts";
import { StateIcon } from "#views/parts/icon.tsx";
import { PostButton } from "#views/parts/post-button.tsx";
import { itemWords } from "#views/words.ts";

type OfStep = { picture: Pick<RunPicture, "id">; step: Pick<StepPicture, "id" | "title"> };

/** The items of a step: how many are where, and the first of them, those that failed before all. */
export const Items = ({ picture, step, items }: OfStep & { items: ItemsSeen }) => (
  <div class="items">
    <ItemTally counts={items.counts} />
    <RetryItems picture={picture} step={step} items={items} />
    <ItemList picture={picture} step={step} rows={items.rows} />
    {items.next !== null && (
      <p class="step-detail">
        <a href={routes.items.href({ id: picture.id, step: step.id })}>
          All of them<span class="visually-hidden"> of {step.title}</span>
        </a>
      </p>
    )}
  </div>
);

/** Tries again what failed while the others go on; where the run is over, its own button does that. */
export const RetryItems = ({ picture, step, items }: OfStep & { items: ItemsSeen }) =>
  items.mayRetry ? (
    <PostButton
      action={routes.retryItems.href({ id: picture.id, step: step.id })}
      id={`retry-items-${step.id}`}
      label={`Try the ${itemsIn(items.counts, ...failedItems)} that failed again`}
      about={`of ${step.title}`}
      look="outline"
      live
    />
  ) : null;

/** "37 done · 2 failed · 1 not begun". */
export const ItemTally = ({ counts }: { counts: ItemCounts }) => (
  <p class="item-tally">
    {itemStates
      .filter((state) => counts[state] > 0)
      .map((state) => (
        <span class={`mark tone-${itemWords[state].tone}`}>
          {counts[state]} {itemWords[state].word}
        </span>
      ))}
  </p>
);

export const ItemList = ({ picture, step, rows }: OfStep & { rows: readonly ItemSeen[] }) => (
  <ul class="item-list" aria-label={`Items of ${step.title}`}>
    {rows.map((row) => (
      <li class={`tone-${itemWords[row.state].tone}`} data-state={row.state}>
        <StateIcon state={row.state} />
        <div>
          <p class="item-line">
            {row.runId === null ? (
              <span hx-ignore>{row.title}</span>
            ) : (
              <a href={routes.run.href({ id: row.runId })} hx-ignore>
                {row.title}
              </a>
            )}
            <small>{standing(row)}</small>
            {row.maySkip && (
              <PostButton
                action={routes.skipItem.href({ id: picture.id, step: step.id })}
                id={`skip-${step.id}-${row.key}`}
                label="Go on without it"
                about={row.title}
                look="link"
                live
                fields={{ key: row.key }}
              />
            )}
          </p>
          {row.now !== "" && row.state !== "completed" && (
            <p class={row.state === "failed" ? "step-error" : "step-detail"} hx-ignore>
              {row.now}
            </p>
          )}
          {row.lastLine !== null && (
            <p class="item-said" hx-ignore>
              <code>{row.lastLine}</code>
            </p>
          )}
          {row.runId !== null && row.lastLine !== null && <ItemLog row={row} runId={row.runId} />}
        </div>
      </li>
    ))}
  </ul>
);

/** So many of the lines that were there before come with those that are written. */
const linesBefore = 50;

/** What its program writes, as it writes it: static/item-log.js follows it while it is open. */
const ItemLog = ({ row, runId }: { row: ItemSeen; runId: string }) => (
  <details class="item-log" name="item-log" id={`item-log-${runId}`}>
    <summary>
      Log<span class="visually-hidden"> of {row.title}</span>
    </summary>
    <section
      class="log js-only"
      id={`item-lines-${runId}`}
      tabindex={0}
      aria-label={`Log of ${row.title}`}
      data-item-log={routes.logLive.href(
        { id: runId },
        { after: String(Math.max(0, row.lastLineAt - linesBefore)) },
      )}
      hx-morph-skip
    >
      <ol />
    </section>
    <p>
      <a href={routes.log.href({ id: runId })}>The whole log</a>
    </p>
  </details>
);

/** "at work, 40 %, 3–5 min left". */
const standing = ({ state, percent, timeLeft }: ItemSeen): string =>
  [
    itemWords[state].word,
    state === "running" && percent > 0 ? `${percent} %` : "",
    timeLeft === null ? "" : `${intervalText(timeLeft.p10Ms, timeLeft.p90Ms)} left`,
  ]
    .filter((part) => part !== "")
    .join(", ");
