import axe from "axe-core";
import type { Page } from "playwright-core";

/** All of WCAG 2.2 to AA, of which axe leaves the size of targets out unless asked for it, and what axe calls best practice. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Whatever axe finds on the page, of any weight. */
export const foundByAxe = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  // Far down in a log, axe takes a heading that stays on top for one that lies over the lines which are scrolled away.
  await page.evaluate("for (const log of document.querySelectorAll('.log')) log.scrollTop = 0");
  const { violations } = await page.evaluate(
    (values) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        resultTypes: ["violations"],
        preload: false,
        runOnly: { type: "tag", values },
      }),
    tags,
  );
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, html, failureSummary }) => `${target} ${html.slice(0, 200)} ${failureSummary}`).join("\n")}`,
  );
};
