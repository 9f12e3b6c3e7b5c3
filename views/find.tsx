import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { whatIsFound } from "./palette.tsx";

/** Something to go to, or a verb to press. */
export interface Findable {
  kind: "lead" | "press";
  href: string;
  name: string;
  about: string;
}

/** The palette as a page: where it is a page of its own, a browser without JavaScript can use it. */
export const FindPage = ({ user, version, words, found }: FindPageProps) => (
  <Frame title="Find" user={user} version={version} active={null} live>
    <h1>Find</h1>
    <search>
      <form method="get" action={routes.find.href()} class="filters">
        <label>
          <span>{whatIsFound}</span>
          <input type="search" name="words" value={words} autocomplete="off" autofocus />
        </label>
        <button type="submit">Find</button>
      </form>
    </search>
    <Found found={found} />
  </Frame>
);

interface FindPageProps extends PageProps {
  words: string;
  found: readonly Findable[];
}

export const Found = ({ found }: { found: readonly Findable[] }) => (
  <ul class="found">
    {found.map(({ kind, href, name, about }) => (
      <li>
        {kind === "lead" ? (
          <a href={href}>
            {name} <small>{about}</small>
          </a>
        ) : (
          <form method="post" action={href}>
            <button type="submit" class="button-outline">
              {name} <small>{about}</small>
            </button>
          </form>
        )}
      </li>
    ))}
    {found.length === 0 && <li>Nothing has these words in it.</li>}
  </ul>
);
