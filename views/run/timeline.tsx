import type { RunPicture, StepPicture } from "#core/picture.ts";
import type { Span, SpanKind } from "#core/timeline.ts";
import { durationText } from "#views/clock-words.js";
import { DateTime } from "#views/parts/clock.tsx";
import { stepWord } from "#views/words.ts";

const width = 1000;
/** Shorter spans would not be seen. */
const thinnest = 3;

const kindWords = {
  work: "worked",
  wait: "waited",
  retry: "waited to try again",
  ask: "asked",
  pause: "paused",
  away: "the server was away",
} as const satisfies Record<SpanKind, string>;

/** How the steps filled the time of the run, beside how long each usually takes: a picture for eyes, a table for all. */
export const Timeline = ({ picture }: { picture: RunPicture }) => (
  <div id="run-timeline">
    {picture.timeline.some(({ stepId }) => stepId !== null) ? (
      <Rows picture={picture} from={picture.timeline[0]?.from ?? 0} to={endOf(picture)} />
    ) : (
      <p>Nothing has taken any time yet.</p>
    )}
  </div>
);

/** Where the picture ends: a run that goes on is drawn up to the last thing that its history tells, so that it changes with that only. */
const endOf = ({ history, timeline }: RunPicture): number =>
  Math.max(history.at(-1)?.at ?? 0, ...timeline.map((one) => one.to ?? one.from));

const Rows = ({ picture, from, to }: { picture: RunPicture; from: number; to: number }) => {
  const x = (at: number) => Math.round((width * (at - from)) / Math.max(1, to - from));
  const common = picture.timeline.filter(({ stepId }) => stepId === null);
  return (
    <>
      <p class="timeline-legend">
        <DateTime at={from} />{" "}
        <span>
          {durationText(to - from)} {picture.timeline.some(isOpen) ? "up to the last event" : "in all"}
        </span>{" "}
        <DateTime at={to} />
      </p>
      <table class="timeline">
        <caption class="visually-hidden">How the steps filled the time of this run</caption>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Over time</th>
            <th scope="col">Took</th>
            <th scope="col">Usually</th>
          </tr>
        </thead>
        <tbody>
          {picture.steps
            .filter((step) => picture.timeline.some(({ stepId }) => stepId === step.id))
            .map((step) => (
              <Row step={step} spans={spansOf(picture, step)} common={common} x={x} to={to} />
            ))}
        </tbody>
      </table>
      <Legend kinds={new Set(picture.timeline.map(({ kind }) => kind))} />
    </>
  );
};

const spansOf = ({ timeline }: RunPicture, { id }: StepPicture): readonly Span[] =>
  timeline.filter(({ stepId }) => stepId === id);

interface RowProps {
  step: StepPicture;
  spans: readonly Span[];
  common: readonly Span[];
  x(at: number): number;
  to: number;
}

const Row = ({ step, spans, common, x, to }: RowProps) => {
  const attempts = new Set(spans.map(({ attempt }) => attempt)).size;
  return (
    <tr>
      <th scope="row" hx-ignore>
        {step.number}. {step.title}
      </th>
      <td>
        <svg viewBox={`0 0 ${width} 16`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {common.map((span) => (
            <Bar span={span} x={x} to={to} y={0} height={16} />
          ))}
          {spans.map((span) => (
            <Bar span={span} x={x} to={to} y={3} height={10} failed={hasFailed(step, spans, span)} />
          ))}
        </svg>
        <span class="visually-hidden">
          {spans.map((span) => spanText(span, to)).join(", ")}. {stepWord(step).word}.
        </span>
      </td>
      <td class="number">
        {durationText(spans.reduce((sum, span) => sum + (span.to ?? to) - span.from, 0))}
        {spans.some(isOpen) && <small> and goes on</small>}
        {attempts > 1 && <small> in {attempts} attempts</small>}
      </td>
      <td class="number">
        {step.usualMs === null ? "" : <small>usually {durationText(step.usualMs)}</small>}
      </td>
    </tr>
  );
};

/** An attempt that another one followed had failed; the last one tells by its step. */
const hasFailed = ({ state }: StepPicture, spans: readonly Span[], { kind, attempt }: Span): boolean =>
  kind === "work" &&
  (spans.some((one) => one.attempt > attempt) || (state === "failed" && attempt === spans.at(-1)?.attempt));

/** The picture ends with the last event, so how long it has gone on by now is not in it. */
const isOpen = ({ to }: Span): boolean => to === null;

const spanText = ({ kind, from, to, attempt }: Span, end: number): string =>
  `${attempt > 1 ? `attempt ${attempt} ` : ""}${kindWords[kind]} ${durationText((to ?? end) - from)}${to === null ? " and goes on" : ""}`;

const Bar = ({
  span,
  x,
  to,
  y,
  height,
  failed = false,
}: Pick<RowProps, "x" | "to"> & { span: Span; y: number; height: number; failed?: boolean }) => (
  <rect
    class={`span-${span.kind}${failed ? " span-failed" : ""}`}
    x={Math.min(width - thinnest, x(span.from))}
    y={y}
    width={Math.max(thinnest, x(span.to ?? to) - x(span.from))}
    height={height}
  />
);

const Legend = ({ kinds }: { kinds: ReadonlySet<SpanKind> }) => (
  <ul class="timeline-legend" aria-hidden="true">
    {[...kinds].map((kind) => (
      <li>
        <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">
          <rect class={`span-${kind}`} width="10" height="10" />
        </svg>{" "}
        {kindWords[kind]}
      </li>
    ))}
  </ul>
);
