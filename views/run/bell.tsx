import { routes } from "#core/routes.ts";

/** Whether this very run is told to whoever looks; null: nothing was said of it, so what they said of its workflow holds. */
export const BellPart = ({ runId, rings }: { runId: string; rings: boolean | null }) => (
  <section class="panel" aria-labelledby="bell-title">
    <h2 id="bell-title" class="panel-title">
      Notifications
    </h2>
    <form method="post" action={routes.bell.href({ id: runId })}>
      <p>
        {rings === null
          ? "You are told of this run as you said of its workflow."
          : rings
            ? "You are told of this run."
            : "You are told nothing of this run."}
      </p>
      <div class="ask-buttons">
        {rings !== true && (
          <button type="submit" name="rings" value="yes" class="button-secondary small">
            Tell me of this run
          </button>
        )}
        {rings !== false && (
          <button type="submit" name="rings" value="no" class="button-outline small">
            Tell me nothing of it
          </button>
        )}
        {rings !== null && (
          <button type="submit" name="rings" value="" class="button-link small">
            As with its workflow
          </button>
        )}
      </div>
      <p class="panel-foot">
        <a href={routes.notifications.href()}>How you are reached</a>
      </p>
    </form>
  </section>
);
