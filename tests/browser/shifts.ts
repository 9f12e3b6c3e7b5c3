import type { Page } from "playwright-core";

/** One move of what somebody was looking at, as the browser counts it. */
export interface Shift {
  value: number;
  /** Milliseconds since the page began. */
  at: number;
  /** What moved, from where to where. */
  moved: readonly string[];
}

// Kept in the page, because an observer hears of what was before it only while the page is there.
const observe = `
  globalThis.shifts = [];
  const nameOf = (node) => {
    const one = node?.nodeType === 3 ? node.parentElement : node;
    return one === null || one === undefined ? "gone" : one.tagName.toLowerCase() + (one.id ? "#" + one.id : "." + one.className);
  };
  const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => {
    for (const { value, startTime, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput)
        shifts.push({
          value,
          at: Math.round(startTime),
          moved: sources.map(({ node, previousRect, currentRect }) => nameOf(node) + ": " + box(previousRect) + " → " + box(currentRect)),
        });
  }).observe({ type: "layout-shift", buffered: true });
`;

/** From the next page on, what moves without anybody's doing is written down. */
export const watchShifts = async (page: Page): Promise<void> => {
  await page.addInitScript(observe);
};

export const shiftsOf = (page: Page): Promise<Shift[]> => page.evaluate("shifts");
