import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { isMade } from "#core/rules.ts";
import type { Step } from "#core/step.ts";
import { Frame, type PageProps } from "./frame.tsx";
import { Notice } from "./parts/notice.tsx";

interface Asked {
  going: readonly { id: string; name: string; subject: string; steps: readonly Step[] }[];
  /** Files of exports that these runs saved. */
  files: number;
  /** Why others stay: a sentence each. */
  refused: readonly string[];
}

interface Done {
  deleted: number;
  files: number;
  refused: readonly string[];
}

export interface DeleteRunsPageProps extends PageProps {
  /** What would go; it posts `run` for each, `exports` and `sure`. */
  asked?: Asked;
  done?: Done;
  now: number;
}

/** Whether the chosen runs are to go, and then how that went. */
export const DeleteRunsPage = ({ user, version, asked, done, now }: DeleteRunsPageProps) => (
  <Frame title="Delete runs" user={user} version={version} active="runs" now={now}>
    <p class="crumbs">
      <a href={routes.runs.href()}>Runs</a>
    </p>
    {asked !== undefined && <Question {...asked} />}
    {done !== undefined && (
      <>
        <h1>Delete runs</h1>
        <Notice
          tone={done.refused.length === 0 ? "good" : "attention"}
          title={`${plural(done.deleted, "run is", "runs are")} deleted${done.files === 0 ? "" : `, with ${plural(done.files, "export")}`}.`}
          id="told"
        >
          <Refused refused={done.refused} />
          <p>
            <a href={routes.runs.href()}>All runs</a>
          </p>
        </Notice>
      </>
    )}
  </Frame>
);

const Question = ({ going, files, refused }: Asked) => {
  const made = going.filter(({ steps }) => steps.some(isMade)).length;
  return (
    <>
      <h1>
        {going.length === 0 ? "None of these runs can be deleted" : `Delete ${plural(going.length, "run")}?`}
      </h1>
      <Refused refused={refused} />
      {going.length > 0 && (
        <>
          <p>
            Their steps, answers, history and logs go, and nobody can bring them back. Estimates of how long
            such runs take no longer learn from them.
          </p>
          {made > 0 && (
            <p>
              {made === going.length
                ? "What they made"
                : `What ${plural(made, "of them made", "of them made")}`}{" "}
              stays where it is, and can no longer be undone from here.
            </p>
          )}
          <form method="post" action={routes.deleteRuns.href()}>
            <input type="hidden" name="sure" value="yes" />
            {going.map(({ id }) => (
              <input type="hidden" name="run" value={id} />
            ))}
            {files > 0 && (
              <label>
                <input type="checkbox" name="exports" value="yes" /> Delete the {plural(files, "file")} that
                they saved, too. Without this they stay under Exports.
              </label>
            )}
            <div class="row-actions">
              <button type="submit" class="button-danger" id="delete-runs">
                Yes, delete {going.length === 1 ? "it" : "them"}
              </button>
              <a class="button button-outline" href={routes.runs.href()}>
                Keep {going.length === 1 ? "it" : "them"}
              </a>
            </div>
          </form>
          <h2>{going.length === 1 ? "This one goes" : "These go"}</h2>
          <ul id="going" hx-ignore>
            {going.map(({ id, name, subject }) => (
              <li>
                <a href={routes.run.href({ id })}>{name}</a> {subject}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
};

const Refused = ({ refused }: { refused: readonly string[] }) => (
  <>
    {refused.map((why) => (
      <p class="note tone-attention">{why}</p>
    ))}
  </>
);
