import type { Accuracy } from "#core/time-left/accuracy.ts";

const moments = ["At the start", "A quarter done", "Half done", "Three quarters done"] as const;

/** What was told of past runs, held against what came. */
export const AccuracyTable = ({ accuracy }: { accuracy: readonly Accuracy[] }) =>
  accuracy.length === 0 ? (
    <p class="empty-line">No completed run had an estimate yet; the next one will.</p>
  ) : (
    <>
      <p>
        Four of five runs are meant to end within the interval they were told. “Off by” is how far its middle
        was from the truth in half of the cases, as a share of the whole run.
      </p>
      <section class="scroll-box" tabindex={0} aria-label="How good the estimates were, as a table">
        <table class="durations">
          <thead>
            <tr>
              <th scope="col">Told</th>
              <th scope="col">Ended within</th>
              <th scope="col">Off by</th>
              <th scope="col">The plain mean was off by</th>
            </tr>
          </thead>
          <tbody>
            {accuracy.map((one) => (
              <tr>
                <th scope="row">{moments[one.quarter] ?? ""}</th>
                <td>
                  {one.held} of {one.estimates}
                </td>
                <td>{percent(one.offShare)}</td>
                <td>{one.meanOffShare === null ? "–" : percent(one.meanOffShare)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );

const percent = (share: number): string => `${Math.round(100 * share)} %`;
