import { type Follows, follows, type TellingPreferences } from "#core/notify.ts";
import { routes } from "#core/routes.ts";
import { followWords } from "./words.ts";

interface PreferencesFormProps {
  said: TellingPreferences;
  workflows: readonly { id: string; title: string }[];
  error: { message: string; field: string | null } | undefined;
}

/** "07:30" of a minute of the day. */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** What holds for all channels: when, and of which runs. Posts to routes.notifications. */
export const PreferencesForm = ({ said, workflows, error }: PreferencesFormProps) => (
  <section aria-labelledby="when-title">
    <h2 id="when-title">When, and of which runs</h2>
    <form method="post" action={routes.notifications.href()} class="panel narrow">
      {error !== undefined && (
        <p class="note tone-bad" role="alert">
          {error.message}
        </p>
      )}
      <label>
        Time zone
        <input type="text" name="zone" value={said.zone} required autocomplete="off" spellcheck={false} />
      </label>
      <fieldset>
        <legend>Quiet hours</legend>
        <label>
          From
          <input type="time" name="quietFrom" value={said.quiet === null ? "" : clockOf(said.quiet.from)} />
        </label>
        <label>
          Until
          <input type="time" name="quietUntil" value={said.quiet === null ? "" : clockOf(said.quiet.until)} />
        </label>
        <p>
          <small>
            What comes then is told in one message when they are over. Leave both empty to be told at any
            time.
          </small>
        </p>
        <label>
          <input type="checkbox" name="urgentBreaksQuiet" checked={said.urgentBreaksQuiet} /> What needs me is
          told in quiet hours too
        </label>
      </fieldset>
      <label>
        <input type="checkbox" name="onlyUnwatched" checked={said.onlyUnwatched} /> Only while I have not the
        page of the run open
      </label>
      <details class="folded" open={Object.keys(said.workflows).length > 0}>
        <summary>Of which runs</summary>
        {workflows.map(({ id, title }) => (
          <label>
            {title}
            <select name={`follow ${id}`}>
              {follows.map((one: Follows) => (
                <option value={one} selected={(said.workflows[id] ?? "mine") === one}>
                  {followWords[one]}
                </option>
              ))}
            </select>
          </label>
        ))}
      </details>
      <button type="submit" class="button-primary">
        Keep
      </button>
    </form>
  </section>
);
