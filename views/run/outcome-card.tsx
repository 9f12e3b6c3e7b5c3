import type { Export } from "#core/exports.ts";
import type { RunPicture } from "#core/picture.ts";
import { countText, plural } from "#core/plural.ts";
import { routes } from "#core/routes.ts";
import { FactsView, TableView } from "#views/form/shown.tsx";
import { bytesText } from "#views/format.ts";
import { Notice } from "#views/parts/notice.tsx";
import { SafeLink } from "#views/parts/safe-link.tsx";

/** What a completed run hands over: a sentence, links, and for an export the file itself. */
export const OutcomeCard = ({ picture, handOver }: { picture: RunPicture; handOver: boolean }) => {
  const { outcome } = picture;
  if (picture.state !== "completed" || outcome === null) return null;
  const { facts = [], links = [] } = outcome;
  return (
    <Notice tone="good" title={outcome.sentence} id="outcome-card">
      {picture.export !== null && <ExportPart row={picture.export} runId={picture.id} handOver={handOver} />}
      {facts.length > 0 && <FactsView facts={facts} />}
      {links.length > 0 && (
        <p class="links" hx-ignore>
          {links.map((link) => (
            <SafeLink {...link} />
          ))}
        </p>
      )}
    </Notice>
  );
};

const ExportPart = ({ row, runId, handOver }: { row: Export; runId: string; handOver: boolean }) => {
  if (row.status !== "ready")
    return (
      <p>
        {row.status === "deleted"
          ? "The file was deleted since. Export anew to have it again."
          : "The file is not here."}
      </p>
    );
  return (
    <div hx-ignore>
      <div class="file">
        <div>
          <p class="file-name">{row.fileName ?? ""}</p>
          <p class="file-size">
            {row.sizeBytes !== null && bytesText(row.sizeBytes)}
            {row.rows !== null && ` · ${plural(row.rows, "row")}`}
          </p>
        </div>
        <a
          class="button button-primary"
          href={routes.exportFile.href({ id: row.id })}
          download={row.fileName ?? true}
        >
          Download the file
        </a>
        <a
          class="button button-outline"
          href={routes.exportFile.href({ id: row.id }, { for: "spreadsheets" })}
          download
          title="With a byte order mark for accents, and formulas in it switched off"
        >
          For Excel
        </a>
      </div>
      {handOver && (
        <>
          <p>
            The file was offered to your browser when this page came. Browsers may refuse that; then press
            “Download the file”.
          </p>
          <iframe
            hidden
            src={routes.handOver.href({ id: row.id }, { run: runId })}
            title="Download of the file"
          />
        </>
      )}
      <Difference row={row} />
      <FactsView facts={factsOf(row)} />
      {row.preview !== null && row.preview.length > 0 && (
        <details class="folded" id="preview" open>
          <summary>
            {row.rows === row.preview.length
              ? `All of it: ${plural(row.rows, "row")}`
              : `The first ${plural(row.preview.length, "row")}${row.rows === null ? "" : ` of ${countText(row.rows)}`}`}
          </summary>
          <TableView
            caption={`The first rows of ${row.fileName ?? "the file"}`}
            head={row.header ?? []}
            rows={row.preview}
            cut
          />
        </details>
      )}
    </div>
  );
};

/** A file that holds other than what was counted before is told, never hidden. */
const Difference = ({ row: { rows, expectedRows } }: { row: Export }) =>
  rows === null || expectedRows === null || rows === expectedRows ? null : (
    <p class="note tone-attention">
      The file has {plural(rows, "row")}; counted before were {countText(expectedRows)}. That is{" "}
      {countText(Math.abs(rows - expectedRows))} {rows > expectedRows ? "more" : "fewer"}.
    </p>
  );

const factsOf = (row: Export) =>
  [
    { label: "Saved on the server as", value: row.filePath },
    { label: "sha256", value: row.sha256 },
    {
      label: "Came from",
      value: [row.org, row.project, row.analysis].filter((one) => one !== "").join(" / "),
    },
  ].flatMap(({ label, value }) => (value === null || value === "" ? [] : [{ label, value }]));
