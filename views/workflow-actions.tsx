import type { Kept } from "#core/kept.ts";
import { routes } from "#core/routes.ts";
import { isSavedScript } from "#core/saved-script.ts";
import { PostButton } from "./parts/post-button.tsx";

interface WorkflowActionsProps {
  id: string;
  /** All that people keep. */
  kept: readonly Kept[];
  isAdmin: boolean;
  mayStart: boolean;
}

/** What can be done with a workflow besides starting it. */
export const WorkflowActions = ({ id, kept, isAdmin, mayStart }: WorkflowActionsProps) => (
  <div class="row-actions">
    {isAdmin && (
      <a class="button button-link" href={routes.workflowAccess.href({ id })}>
        Who may use it
      </a>
    )}
    {isAdmin && isSavedScript(id) && (
      <a class="button button-link" href={routes.script.href({ id })}>
        Change the script
      </a>
    )}
    {isAdmin && id === "run-script" && (
      <a class="button button-link" href={routes.scripts.href()}>
        Choose a saved script
      </a>
    )}
    {mayStart && <StandsFirst id={id} kept={kept} />}
  </div>
);

/** Whether it stands before the others at home, and the button that changes that. */
const StandsFirst = ({ id, kept }: Pick<WorkflowActionsProps, "id" | "kept">) => {
  const first = kept.find((one) => one.what.kind === "workflow" && one.of === id);
  return first === undefined ? (
    <PostButton
      action={routes.keepWorkflow.href({ id })}
      label="Show it first at home"
      id="favourite"
      look="link"
    />
  ) : (
    <PostButton
      action={routes.removeKept.href({ id: first.id })}
      label="Show it with the others at home"
      id="favourite"
      look="link"
    />
  );
};
