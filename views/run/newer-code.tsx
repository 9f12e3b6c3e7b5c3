import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { PostButton } from "#views/parts/post-button.tsx";

/** Goes on with the workflow's file as it is now, after saying what that changes; or why it cannot. */
export const NewerCodeButton = ({ picture: { id, newerCode } }: { picture: RunPicture }) => {
  if (newerCode === null) return null;
  const { code, unfit, added, gone } = newerCode;
  if (unfit !== null)
    return (
      <p class="note" id="newer-code" hx-ignore>
        The file of this workflow was changed since, but this run cannot go on with it: {unfit} Run it again
        to begin with the new one.
      </p>
    );
  return (
    <>
      <p class="note" id="newer-code" hx-ignore>
        The file of this workflow was changed since this run began. What is done stays done.
        {added.length > 0 && ` New after that: ${added.join(", ")}.`}
        {gone.length > 0 && ` No longer there: ${gone.join(", ")}.`}
      </p>
      <PostButton
        action={routes.control.retry.href({ id }, { code })}
        label="Try again with the file as it is now"
        id="retry-newer"
        look="primary"
        live
      />
    </>
  );
};
