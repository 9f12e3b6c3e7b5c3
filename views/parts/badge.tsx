import type { ExportStatus } from "#core/exports.ts";
import { exportWords, runWord, type Standing, type Tone } from "#views/words.ts";
import { StateIcon } from "./icon.tsx";

export const RunBadge = ({ run, id }: { run: Standing; id?: string }) => {
  const { word, tone } = runWord(run);
  return (
    <span class={`badge tone-${tone}`} id={id}>
      <StateIcon state={run.state} />
      {word}
    </span>
  );
};

export const ExportBadge = ({ status }: { status: ExportStatus }) => (
  <span class={`badge tone-${exportWords[status].tone}`}>{exportWords[status].word}</span>
);

/** A short remark: "newest", "built in". */
export const Mark = ({ text, tone = "quiet" }: { text: string; tone?: Tone }) => (
  <span class={`mark tone-${tone}`} hx-ignore>
    {text}
  </span>
);
