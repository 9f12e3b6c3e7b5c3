// The words for times that both sides say: the server when it draws a page, the browser as time goes on. Plain JavaScript without
// imports, so that the very same file serves both.

/**
 * A duration in its two largest units: "0.4 s", "12 s", "4 min 12 s", "2 h 5 min", "3 d 4 h".
 * @param {number} ms
 * @returns {string}
 */
export const durationText = (ms) => {
  if (ms < 50) return "under 0.1 s";
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const [large, largeUnit, small, smallUnit] =
    seconds < 3600
      ? [Math.floor(seconds / 60), "min", seconds % 60, "s"]
      : seconds < 86_400
        ? [Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min"]
        : [Math.floor(seconds / 86_400), "d", Math.floor((seconds % 86_400) / 3600), "h"];
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
};

/**
 * How long ago something was, in its largest unit: "just now", "12 s ago", "3 min ago", "2 h ago", "5 d ago".
 * @param {number} ms
 * @returns {string}
 */
export const agoText = (ms) => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
};

/**
 * "in 12 s", "now" once it is due.
 * @param {number} ms
 * @returns {string}
 */
export const untilText = (ms) =>
  ms < 1000 ? "now" : `in ${durationText(Math.ceil(ms / 1000) * 1000).replace(/\.0 s$/, " s")}`;
