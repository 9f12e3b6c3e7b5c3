import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import type { CleaningPlan } from "#core/storage.ts";
import { bytesText } from "#views/format.ts";
import { Frame, type PageProps } from "#views/frame.tsx";
import { PostButton } from "#views/parts/post-button.tsx";
import { partsText, titleIn } from "#views/storage.tsx";

interface CleaningPageProps extends PageProps {
  plan: CleaningPlan;
  workflows: readonly { id: string; title: string }[];
  now: number;
}

/** What a cleaning would take away now, and the button that does it. */
export const CleaningPage = ({ user, version, warning, plan, workflows, now }: CleaningPageProps) => {
  const isEmpty = plan.workflows.length === 0 && plan.files === 0;
  const titleOf = titleIn(workflows);
  return (
    <Frame
      title="What would go now"
      user={user}
      version={version}
      warning={warning ?? null}
      active="settings"
      explains="storage"
      now={now}
    >
      <p class="crumbs">
        <a href={routes.settings.href()}>Settings</a> / <a href={routes.storage.href()}>Storage</a>
      </p>
      <h1>What would go now</h1>
      {isEmpty ? (
        <p>By the rules as they are, nothing.</p>
      ) : (
        <>
          <p id="would-go">
            <strong>{planText(plan)}</strong>
          </p>
          <ul>
            {plan.workflows.map((one) => (
              <li>
                {titleOf(one.workflowId)}: {partsText({ ...one, exports: 0 })}
                {one.exports > 0 && `, ${plural(one.exports, "export")}`}, about {bytesText(one.bytes)}
              </li>
            ))}
            {plan.files > 0 && (
              <li>
                {plural(plan.files, "file", "files")} that nothing refers to and nobody touched for a week,{" "}
                {bytesText(plan.fileBytes)}:
                <ul>
                  {plan.fileNames.map((name) => (
                    <li>
                      <code>{name}</code>
                    </li>
                  ))}
                  {plan.files > plan.fileNames.length && (
                    <li>and {plural(plan.files - plan.fileNames.length, "other")}</li>
                  )}
                </ul>
              </li>
            )}
          </ul>
          <p>
            Nobody can bring it back but from a backup. Runs under way and finalized ones stay, and what runs
            made elsewhere stays where it is.
          </p>
        </>
      )}
      <PostButton
        action={routes.cleaning.href()}
        label="Clean up now"
        id="clean-now"
        look={isEmpty ? "outline" : "danger"}
      />
    </Frame>
  );
};

/** "A cleaning now would remove 214 runs and 3 logs, about 3.1 GB." */
const planText = ({ workflows, files, fileBytes }: CleaningPlan): string => {
  const sum = (of: "runs" | "logs" | "bytes") => workflows.reduce((all, one) => all + one[of], 0);
  const parts = [
    sum("runs") === 0 ? null : plural(sum("runs"), "run"),
    sum("logs") === 0
      ? null
      : `the ${sum("logs") === 1 ? "log of 1 run" : `logs of ${plural(sum("logs"), "run")}`}`,
    files === 0 ? null : plural(files, "left file"),
  ].filter((part) => part !== null);
  return `A cleaning now would remove ${parts.join(", ")}: about ${bytesText(sum("bytes") + fileBytes)}.`;
};
