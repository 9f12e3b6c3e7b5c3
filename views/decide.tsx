import { Frame, type PageProps } from "./frame.tsx";
import type { Tone } from "./words.ts";

export interface DecidePageProps extends PageProps {
  title: string;
  /** What is asked, or what became of it. */
  sentence: string;
  facts: readonly { label: string; value: string }[];
  /** Null: there is nothing to decide any more. */
  form: { action: string; label: string; drawn: string; who: string } | null;
  tone?: Tone;
  /** To the run, for those who are signed in. */
  run: string | null;
}

/** What the link of a mail leads to: it asks once more, and only its button decides. */
export const DecidePage = ({ user, version, title, sentence, facts, form, tone, run }: DecidePageProps) => (
  <Frame title={title} user={user} version={version} active={null}>
    <h1>{title}</h1>
    <p class={tone === undefined ? "lead" : `note tone-${tone}`} role="status">
      {sentence}
    </p>
    {facts.length > 0 && (
      <table>
        <tbody>
          {facts.map(({ label, value }) => (
            <tr>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {form !== null && (
      <form method="post" action={form.action} class="panel narrow" data-asks>
        <input type="hidden" name="drawn" value={form.drawn} />
        <label>
          Comment (optional)
          <textarea name="comment" rows={3} maxlength={2000} />
        </label>
        <p>
          <small>It is answered as {form.who}, by mail.</small>
        </p>
        <button type="submit" class="button-primary">
          {form.label}
        </button>
      </form>
    )}
    {run !== null && (
      <p>
        <a href={run}>Open the run</a>
      </p>
    )}
  </Frame>
);
