import type { Release } from "#core/release.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";

interface ChangesPageProps extends PageProps {
  /** The version that runs. */
  runs: string;
  /** The version that people knew; null: all is shown. */
  since: string | null;
  releases: readonly Release[];
}

export const ChangesPage = ({ runs, since, releases, ...page }: ChangesPageProps) => (
  <Frame title="What changed" {...page} active="settings">
    <h1>What changed</h1>
    <p>
      This is Milepost {runs}.{" "}
      {since !== null && (
        <>
          This is what is new since {since}; <a href={routes.changes.href()}>everything that ever changed</a>.
        </>
      )}
    </p>
    {releases.length === 0 && <p>Nothing is written down.</p>}
    {releases.map(({ version, date, parts }) => (
      <section aria-label={version}>
        <h2>
          {version}
          {date !== null && <small> {date}</small>}
        </h2>
        {parts.map(({ title, items }) => (
          <>
            <h3>{title}</h3>
            <ul class="changes">
              {items.map((item) => (
                <li>{marked(item)}</li>
              ))}
            </ul>
          </>
        ))}
      </section>
    ))}
  </Frame>
);

/** What stands in stars or backticks as what it is; all else is text. */
const marked = (item: string) =>
  item.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith("**")) return <strong>{part.slice(2, -2)}</strong>;
    return part.startsWith("`") ? <code>{part.slice(1, -1)}</code> : part;
  });

/** Told at home until somebody looked: which version runs now, and where it says what changed. */
export const NewVersion = ({ runs, since }: { runs: string; since: string }) => (
  <p class="note">
    This is Milepost {runs} now; it was {since}. <a href={routes.changes.href()}>What changed</a>
  </p>
);
