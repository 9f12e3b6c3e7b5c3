import { plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { Notice } from "./parts/notice.tsx";

/** Asks before the files of those that are ticked in the list go. */
export const DeleteChosen = () => (
  <form method="post" action={routes.deleteExports.href()} id="chosen" class="list-actions">
    <details class="confirm" name="confirm">
      <summary class="button-outline">Delete the chosen…</summary>
      <div class="confirm-card">
        <p>
          The files of the exports that are ticked below are deleted from this server. Their rows stay, so
          that you know what there was.
        </p>
        <button type="submit" class="button-danger">
          Yes, delete these files
        </button>
      </div>
    </details>
  </form>
);

/** What became of them. */
export const DeletedFiles = ({ deleted, refused }: { deleted: number; refused: readonly string[] }) => (
  <Notice
    tone={refused.length === 0 ? "good" : "attention"}
    title={`${plural(deleted, "file")} ${deleted === 1 ? "is" : "are"} deleted.`}
    id="told"
  >
    {refused.map((why) => (
      <p>{why}</p>
    ))}
  </Notice>
);
