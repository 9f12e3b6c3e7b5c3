import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago } from "./parts/clock.tsx";
import { Empty } from "./parts/empty.tsx";
import { Notice } from "./parts/notice.tsx";
import { Paging } from "./parts/paging.tsx";
import { ConfirmButton, PostButton } from "./parts/post-button.tsx";

/** A generated app as the list shows it. */
export interface AppView {
  slug: string;
  title: string;
  /** With how many rows each has. */
  tables: readonly { title: string; rows: number }[];
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface AppsPageProps extends PageProps {
  apps: readonly AppView[];
  /** A sentence for each that cannot be read. */
  damaged: readonly string[];
  /** The address of the last app of the page before; empty on the first. */
  after: string;
  next: string | null;
  /** The workflow that makes an app; null where there is none, or whoever looks may not start it. */
  makerId: string | null;
  /** Whoever looks may change apps by a run, and delete them. */
  may: { change: boolean; delete: boolean };
  /** Those that can be brought back; none where whoever looks may not. */
  removed: readonly { slug: string; title: string; removedAt: number }[];
  now: number;
}

/** Generated apps, a page of them: open, take along, delete. */
export const AppsPage = ({
  user,
  version,
  apps,
  damaged,
  after,
  next,
  makerId,
  may,
  removed,
  now,
}: AppsPageProps) => (
  <Frame title="Apps" user={user} version={version} active="apps" now={now}>
    <h1>Apps</h1>
    <p class="lead">
      Apps that were made here. Each has a database of its own. “Download” gives you one as a project that
      runs without Milepost, with a copy of its data.
    </p>
    {damaged.length > 0 && (
      <Notice tone="attention" title="Not every app can be read" id="damaged-apps" role="alert">
        {damaged.map((sentence) => (
          <p>{sentence}</p>
        ))}
      </Notice>
    )}
    {apps.length === 0 && damaged.length === 0 ? (
      <Empty title="No apps yet.">
        {makerId !== null && (
          <p>
            <a href={routes.workflow.href({ id: makerId })}>Make an app</a>
          </p>
        )}
      </Empty>
    ) : (
      <>
        <ul class="row-list">
          {apps.map((app) => (
            <AppRow app={app} may={may} now={now} />
          ))}
        </ul>
        <Paging path={routes.apps.href()} query={{ after }} next={next} what="apps" by="name" />
        {makerId !== null && (
          <p>
            <a class="button button-secondary" href={routes.workflow.href({ id: makerId })}>
              Make another app
            </a>
          </p>
        )}
      </>
    )}
    {removed.length > 0 && <Removed removed={removed} now={now} />}
  </Frame>
);

const Removed = ({ removed, now }: Pick<AppsPageProps, "removed" | "now">) => (
  <section>
    <h2>Removed in the last 30 days</h2>
    <ul class="row-list">
      {removed.map(({ slug, title, removedAt }) => (
        <li class="row">
          <div class="row-main">
            <p class="row-title">
              <strong>{title}</strong>
            </p>
            <p class="row-about">
              Removed <Ago at={removedAt} now={now} />, with all its rows.
            </p>
          </div>
          <div class="row-actions">
            <PostButton
              action={routes.bringBackApp.href()}
              fields={{ slug }}
              id={`bring-back-${slug}-${removedAt}`}
              label="Bring back"
              about={title}
            />
          </div>
        </li>
      ))}
    </ul>
  </section>
);

const AppRow = ({ app, may, now }: Pick<AppsPageProps, "may" | "now"> & { app: AppView }) => (
  <li class="row" id={`app-${app.slug}`} hx-ignore>
    <div class="row-main">
      <p class="row-title">
        <strong>
          <a href={routes.app.href({ slug: app.slug })}>{app.title}</a>
        </strong>
      </p>
      <p class="row-about">{app.tables.map(({ title, rows }) => `${title} (${rows})`).join(", ")}</p>
    </div>
    <p class="row-figures">
      <span>
        {plural(
          app.tables.reduce((sum, { rows }) => sum + rows, 0),
          "row",
        )}
      </span>
      <Ago at={app.createdAt} now={now} />
    </p>
    <div class="row-actions">
      <a class="button button-primary small" href={routes.app.href({ slug: app.slug })}>
        Open<span class="visually-hidden"> {app.title}</span>
      </a>
      {may.change && (
        <a
          class="button button-outline small"
          href={routes.workflow.href({ id: "change-app" }, { app: app.slug })}
        >
          Change…<span class="visually-hidden"> {app.title}</span>
        </a>
      )}
      <a
        class="button button-outline small"
        href={routes.appProject.href({ file: `${app.slug}.zip` })}
        download={`${app.slug}.zip`}
      >
        Download<span class="visually-hidden"> {app.title}</span>
      </a>
      {may.delete && (
        <ConfirmButton
          action={routes.removeApp.href()}
          fields={{ slug: app.slug }}
          ask="Remove…"
          label="Yes, remove the app"
          about={app.title}
          id={`delete-${app.slug}`}
          look="danger"
          confirm={
            <p>
              The app “{app.title}” is removed with all its rows. For 30 days it can be brought back from this
              page, then it is gone for good.
            </p>
          }
        />
      )}
    </div>
  </li>
);
