import { routes } from "#core/routes.ts";
import type { Share } from "#core/shares.ts";
import { CodeView } from "./form/code.tsx";
import { Frame, type PageProps } from "./frame.tsx";
import { Ago, DateTime } from "./parts/clock.tsx";
import { Notice } from "./parts/notice.tsx";
import { ConfirmButton } from "./parts/post-button.tsx";

/** Links to runs, each with a button that takes it back. */
export const ShareList = ({ shares, now }: { shares: readonly Share[]; now: number }) => (
  <ul class="row-list">
    {shares.map((share) => (
      <li class="row" id={`share-${share.id}`} hx-ignore>
        <div class="row-main">
          <p class="row-title">
            By {share.madeBy}, <Ago at={share.createdAt} now={now} />
            {share.files && ", with the file"}
          </p>
          <p class="row-about">
            Until <DateTime at={share.expiresAt} />.{" "}
            {share.openedAt === null ? (
              "Nobody has opened it yet."
            ) : (
              <>
                First opened <Ago at={share.openedAt} now={now} />.
              </>
            )}{" "}
            <a href={routes.run.href({ id: share.runId })}>The run</a>
          </p>
        </div>
        <div class="row-actions">
          <ConfirmButton
            action={routes.revokeShare.href({ id: share.id })}
            ask="Take back…"
            label="Yes, take it back"
            id={`revoke-${share.id}`}
            look="danger"
            about="the link"
            confirm={<p>Whoever looks by it sees nothing more, at once.</p>}
          />
        </div>
      </li>
    ))}
  </ul>
);

/** On a run's page: who looks by a link, and another one. */
export const SharePart = ({
  shares,
  runId,
  now,
}: {
  shares: readonly Share[];
  runId: string;
  now: number;
}) => (
  <details class="panel" id="share-part">
    <summary>Share by a link{shares.length > 0 && ` (${shares.length})`}</summary>
    <p>
      Whoever has the link sees this run without signing in: how it stands, its steps and its log. No
      controls, no secrets, nothing typed into private fields.
    </p>
    <form method="post" action={routes.shareRun.href({ id: runId })} class="filters" hx-ignore>
      <label>
        <span>Days</span>
        <input type="number" name="days" value="7" min="1" max="365" required />
      </label>
      <label>
        <input type="checkbox" name="files" value="yes" /> With the file that it saves
      </label>
      <button type="submit">Make a link</button>
    </form>
    <ShareList shares={shares} now={now} />
  </details>
);

/** A link that was made just now, which is shown this once. */
export const NewSharePage = ({
  link,
  share,
  title,
  ...page
}: PageProps & { link: string; share: Share; title: string }) => (
  <Frame title="A link to a run" {...page} active="runs" live>
    <h1>A link to “{title}”</h1>
    <Notice tone="good" title="The link is made" id="new-share" came>
      <p>
        It holds until <DateTime at={share.expiresAt} /> and is shown this once. Whoever has it can look.
      </p>
      <CodeView label="Link" text={link} id="share-link" />
    </Notice>
    <p>
      <a href={routes.run.href({ id: share.runId })}>Back to the run</a>
    </p>
  </Frame>
);
