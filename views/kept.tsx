import { isKept, type Kept, type KeptAnswers, type KeptList, longestKeptName } from "#core/kept.ts";
import { routes } from "#core/routes.ts";
import { ConfirmButton, once, PostButton } from "./parts/post-button.tsx";

/** A form that keeps something under a name, behind a button. */
export const KeepForm = ({ action, ask, id, about, name = "", list }: KeepFormProps) => (
  <details class="confirm" name="confirm" id={`${id}-ask`}>
    <summary class="button-outline">{ask}</summary>
    <form method="post" action={action} class="confirm-card" id={id}>
      <label>
        Name
        <input name="name" value={name} maxlength={longestKeptName} required autocomplete="off" />
      </label>
      <p>{about}</p>
      {list !== undefined && <input type="hidden" name="of" value={list} />}
      <button type="submit" class="button-primary">
        Keep
      </button>
    </form>
  </details>
);

interface KeepFormProps {
  action: string;
  ask: string;
  id: string;
  about: string;
  name?: string;
  /** Its query stands in a hidden field beside the rows, which follow the filter. */
  list?: KeptList;
}

/** The filter that a list shows now, for the form that keeps it; it stands beside the rows, which follow the filter. */
export const ListQuery = ({ query }: { query: Readonly<Record<string, string>> }) => (
  <input type="hidden" form="keep-list" name="query" value={new URLSearchParams(query).toString()} />
);

/** What was kept of one workflow, on its own page. */
export const KeptAnswersSection = ({ kept }: { kept: readonly KeptAnswers[] }) =>
  kept.length === 0 ? null : (
    <section aria-labelledby="kept-title" id="kept">
      <h2 id="kept-title">Kept answers</h2>
      <ul class="kept-rows">
        {kept.map(({ id, name }) => (
          <li>
            <PostButton
              action={routes.startKept.href({ id })}
              fields={once}
              label={`Start “${name}”`}
              id={`start-${id}`}
              look="primary"
            />
            <a
              class="button button-outline"
              href={routes.workflow.href({ id: kept[0]?.of ?? "" }, { kept: id })}
            >
              Change first…<span class="visually-hidden"> what “{name}” starts with</span>
            </a>
            <ConfirmButton
              action={routes.removeKept.href({ id })}
              ask="Remove…"
              label="Yes, forget these answers"
              id={`forget-${id}`}
              look="link"
              about={`“${name}”`}
              confirm={<p>The runs that were started with them stay.</p>}
            />
          </li>
        ))}
      </ul>
      <p>
        <small>What no longer fits is asked. Secrets are never kept, so they are asked again.</small>
      </p>
    </section>
  );

/** What somebody wants at hand, first on the home page. */
export const Favourites = ({ kept, titleOf }: FavouritesProps) => {
  const answers = kept.filter((one) => isKept(one, "answers"));
  const lists = kept.filter((one) => isKept(one, "list"));
  return answers.length + lists.length === 0 ? null : (
    <section aria-labelledby="favourites-title" class="favourites">
      <h2 id="favourites-title">Favourites</h2>
      <ul class="kept-rows">
        {answers.map(({ id, name, of }) => (
          <li>
            <PostButton
              action={routes.startKept.href({ id })}
              fields={once}
              label={`Start “${name}”`}
              id={`start-${id}`}
              about={`of ${titleOf(of)}`}
            />
          </li>
        ))}
        {lists.map((list) => (
          <li>
            <KeptListLink kept={list} />
          </li>
        ))}
      </ul>
    </section>
  );
};

interface FavouritesProps {
  kept: readonly Kept[];
  titleOf(workflowId: string): string;
}

/** The lists that were kept, above the one that is shown. */
export const KeptLists = ({ kept, of, mayRemove }: KeptListsProps) => {
  const lists = kept.filter((one) => isKept(one, "list")).filter((one) => one.of === of);
  return lists.length === 0 ? null : (
    <nav aria-label="Kept lists">
      <ul class="kept-rows">
        {lists.map((list) => (
          <li>
            <KeptListLink kept={list} />
            {mayRemove && (
              <ConfirmButton
                action={routes.removeKept.href({ id: list.id })}
                ask="×"
                hint="Remove…"
                label="Yes, forget this list"
                id={`forget-${list.id}`}
                look="link"
                about={`Remove “${list.name}”`}
                confirm={<p>Only the name and the filter are forgotten.</p>}
              />
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
};

interface KeptListsProps {
  kept: readonly Kept[];
  of: KeptList;
  mayRemove: boolean;
}

const KeptListLink = ({
  kept,
}: {
  kept: Kept<{ kind: "list"; query: Readonly<Record<string, string>> }>;
}) => (
  <a
    class="button button-outline"
    href={routes[kept.of === "exports" ? "exports" : "runs"].href(kept.what.query)}
  >
    {kept.name}
  </a>
);
