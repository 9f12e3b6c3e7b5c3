import type { ItemsSeen } from "#core/items-seen.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { RunBadge } from "./parts/badge.tsx";
import { Paging } from "./parts/paging.tsx";
import { ItemList, ItemTally, RetryItems } from "./run/items.tsx";

/** All items of a step, a page of them: those that failed first, then those under way. */
export const ItemsPage = ({
  user,
  version,
  picture,
  step,
  items,
  after,
  now,
}: PageProps & {
  picture: RunPicture;
  step: StepPicture;
  items: ItemsSeen;
  after: string;
  now: number;
}) => (
  <Frame title={`${step.title} · ${picture.title}`} user={user} version={version} active="runs" now={now}>
    <p class="crumbs">
      <a href={routes.runs.href()}>Runs</a> /{" "}
      <a href={routes.run.href({ id: picture.id })} hx-ignore>
        {picture.title}
      </a>
    </p>
    <div class="run-name">
      <h1 hx-ignore>{step.title}</h1>
      <RunBadge run={picture} />
    </div>
    <div class="items">
      <ItemTally counts={items.counts} />
      <RetryItems picture={picture} step={step} items={items} />
      <ItemList picture={picture} step={step} rows={items.rows} />
    </div>
    <Paging
      path={routes.items.href({ id: picture.id, step: step.id })}
      query={{ after }}
      next={items.next}
      what="items"
      by="name"
    />
  </Frame>
);
