import type { Accuracy } from "#core/time-left/accuracy.ts";

/** What was told of past runs, held against what came. */
export const AccuracyTable = ({ accuracy }: { accuracy: readonly Accuracy[] }) =>
  accuracy.length === 0 ? (
    <p class="empty-line">No completed run had an estimate yet; the next one will.</p>
  ) : (
    <>
      <p>
        Four of five runs are meant to end within the interval they were told. “Off by” is how far its middle
        was from the truth in half of the cases, “wide” how far apart its ends were, both as shares of the
        whole run: an interval that is never wrong because it is wide is no good.
      </p>
      <section class="scroll-box" tabindex={0} aria-label="How good the estimates were, as a table">
        <table class="durations">
          <thead>
            <tr>
              <th scope="col">Told</th>
              <th scope="col">Ended within</th>
              <th scope="col">Wide</th>
              <th scope="col">Off by</th>
              <th scope="col">Taking the average was off by</th>
            </tr>
          </thead>
          <tbody>
            {accuracy.map((one) => (
              <tr>
                <th scope="row">
                  {one.tenth === 0
                    ? "At the start"
                    : `After ${10 * one.tenth} % of what was told at the start`}
                </th>
                <td>
                  {one.held} of {one.estimates}
                </td>
                <td>{percent(one.widthShare)}</td>
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
