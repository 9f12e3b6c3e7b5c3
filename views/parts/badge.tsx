import type { ExportStatus } from "#core/exports.ts";
import type { RunState } from "#core/states.ts";
import { exportWords, runWords, type Tone } from "#views/words.ts";
import { StateIcon } from "./icon.tsx";

export const RunBadge = ({ state, id }: { state: RunState; id?: string }) => (
  <span class={`badge tone-${runWords[state].tone}`} id={id}>
    <StateIcon state={state} />
    {runWords[state].word}
  </span>
);

export const ExportBadge = ({ status }: { status: ExportStatus }) => (
  <span class={`badge tone-${exportWords[status].tone}`}>{exportWords[status].word}</span>
);

/** A short remark: "newest", "built in". */
export const Mark = ({ text, tone = "quiet" }: { text: string; tone?: Tone }) => (
  <span class={`mark tone-${tone}`} hx-ignore>
    {text}
  </span>
);
