import type { DepthTable } from "#connectors/botify/botify.ts";
import type { ProjectAddress } from "#connectors/botify/project-url.ts";
import { largestExportRows } from "#connectors/botify/query.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Option, textOf } from "#core/form.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import type { ChosenAnalysis } from "./analysis.ts";

export interface ChosenDepth {
  /** Null: no limit, URLs without depth too. */
  maxDepth: number | null;
  urls: number;
}

/** The option that sets no limit, so that URLs which no click leads to come along. */
const everything = "all";

/** How deep: the table of URLs per depth with its running total; the deepest that fits into one export is preselected. */
export const askDepth = ({
  connect,
}: ExportDeps): AskOptions<
  ExportInput,
  { project: ProjectAddress; analysis: ChosenAnalysis },
  ChosenDepth
> => ({
  form: async ({ input, results, signal, previous }) => {
    const { botify } = await connect(input.connectionId);
    const choices = depthChoices(await botify.urlsByDepth(results.project, results.analysis.slug, signal));
    if (choices.length === 0) {
      throw new AppError("remote-refused", "This crawl has no URLs.", {
        wayOn: { back: "analysis", why: "to choose another one" },
      });
    }
    const fitting = choices.filter((one) => one.urls <= largestExportRows);
    const best = fitting.findLast((one) => one.maxDepth !== null) ?? fitting.at(-1);
    const before = previous as ChosenDepth | undefined;
    const chosen = fitting.find((one) => before !== undefined && one.maxDepth === before.maxDepth) ?? best;
    return { fields: [...notes(choices, best), table(choices, chosen)], submit: "Continue" };
  },
  read: async (values, { input, results, signal }) => {
    const { botify } = await connect(input.connectionId);
    const choices = depthChoices(await botify.urlsByDepth(results.project, results.analysis.slug, signal));
    const found = choices.find((one) => valueOfDepth(one) === textOf(values, "depth"));
    if (found === undefined)
      throw new AppError("bad-answer", "Choose one of the depths.", { field: "depth" });
    return { maxDepth: found.maxDepth, urls: found.urls };
  },
  detail: ({ maxDepth, urls }) =>
    `${maxDepth === null ? "All URLs" : `Up to depth ${maxDepth}`}: ${urls.toLocaleString("en")} URLs`,
  holdsAgain: (now, then) => now.maxDepth === then.maxDepth,
});

interface DepthChoice extends ChosenDepth {
  /** URLs at this depth alone. */
  here: number;
}

/** One choice per depth with its running total, and "all" when there are URLs that no click leads to. */
const depthChoices = ({ depths, withoutDepth }: DepthTable): DepthChoice[] => {
  let urls = 0;
  const choices: DepthChoice[] = depths.map(({ depth, urls: here }) => {
    urls += here;
    return { maxDepth: depth, here, urls };
  });
  return withoutDepth === 0
    ? choices
    : [...choices, { maxDepth: null, here: withoutDepth, urls: urls + withoutDepth }];
};

const valueOfDepth = ({ maxDepth }: ChosenDepth): string =>
  maxDepth === null ? everything : String(maxDepth);

const table = (choices: readonly DepthChoice[], chosen: DepthChoice | undefined): Field => ({
  kind: "choice",
  name: "depth",
  label: "Export URLs up to this depth",
  help: `Depth is the number of clicks from the start page. One export holds ${largestExportRows.toLocaleString("en")} rows, unless the filters of the next step make it fewer.`,
  columns: ["Depth", "URLs here", "Running total", "Left out"],
  options: choices.map(
    (one): Option => ({
      value: valueOfDepth(one),
      label: one.maxDepth === null ? "All, also URLs without depth" : String(one.maxDepth),
      cells: [one.here, one.urls, (choices.at(-1)?.urls ?? one.urls) - one.urls].map((count) =>
        count.toLocaleString("en"),
      ),
      marks: one.urls > largestExportRows ? ["over one export"] : one === chosen ? ["suggested"] : [],
    }),
  ),
  ...(chosen === undefined ? {} : { value: valueOfDepth(chosen) }),
});

const notes = (choices: readonly DepthChoice[], best: DepthChoice | undefined): Field[] => {
  const without = choices.find((one) => one.maxDepth === null);
  const beyond = choices.find((one) => one.urls > largestExportRows);
  const fields: Field[] = [];
  if (beyond !== undefined && best !== undefined && best.maxDepth !== null) {
    fields.push({
      kind: "note",
      tone: "info",
      text: `At depth ${best.maxDepth} the export has ${best.urls.toLocaleString("en")} URLs. Going further would exceed one export with ${beyond.urls.toLocaleString("en")} URLs.`,
    });
  }
  if (beyond !== undefined && best === undefined) {
    fields.push({
      kind: "note",
      tone: "warning",
      text: "Even the first depth has more URLs than one export holds. Choose it and narrow it down with filters in the next step.",
    });
  }
  if (without !== undefined) {
    fields.push({
      kind: "note",
      tone: "info",
      text: `${without.here.toLocaleString("en")} URLs have no depth, because no click leads to them (they are known from sitemaps, for example). Only “All” includes them.`,
    });
  }
  return fields;
};
