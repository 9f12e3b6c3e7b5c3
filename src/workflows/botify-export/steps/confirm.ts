import { curl } from "#connectors/botify/curl.ts";
import {
  countQuery,
  countsExactly,
  creditsFor,
  type ExportChoice,
  largestExportRows,
  rowlessQuery,
} from "#connectors/botify/query.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, textOf } from "#core/form.ts";
import { Skip } from "#core/skip.ts";
import type { AskContext } from "#core/step-context.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { type Existing, existingOf } from "#workflows/botify-export/existing.ts";
import { type Choices, orderOf } from "#workflows/botify-export/order.ts";

export interface Confirmed {
  rows: number;
  /** `existing`: use or join what is there; `anew`: order it again, which costs again. */
  how: "new" | "existing" | "anew";
  /** When "anew" was chosen: any export of this query made before is replaced. */
  anewAt: number | null;
}

/** The exact number of rows and what they cost, before anything is spent; and what is already there of the same query. */
export const askConfirm = (deps: ExportDeps): AskOptions<ExportInput, Choices, Confirmed> => ({
  form: async (ctx) => {
    const { botify } = await deps.connect(ctx.input.connectionId);
    const rows = await countRows(deps, ctx);
    const leftOut = await leftOutOf(deps, ctx, rows);
    const existing = await existingExport(deps, ctx);
    const request = botify.createJobRequest(orderOf(ctx.results).job);
    const exact = countsExactly(ctx.results.columns.fields);
    const credits = creditsFor(rows, ctx.results.columns.fields);
    const agreed = agreedBefore(ctx, { rows, credits, existing });
    if (agreed !== null) return agreed;
    const fields: Field[] = [
      {
        kind: "facts",
        label: "This export",
        facts: [
          { label: exact ? "Rows" : "Rows, about", value: rows.toLocaleString("en") },
          {
            label: "Export credits",
            value: credits.toLocaleString("en"),
          },
          { label: "Columns", value: ["url", ...ctx.results.columns.fields].join(", ") },
        ],
      },
      ...leftOut.map((text): Field => ({ kind: "note", tone: "info", text })),
      ...warnings(rows),
      ...(existing === null ? [] : existingChoice(existing)),
      { kind: "code", label: "The API call that will be made", text: curl(request) },
    ];
    return {
      fields,
      submit: existing === null ? `Export ${rows.toLocaleString("en")} rows` : "Continue",
    } satisfies Form;
  },
  read: async (values, ctx) => {
    const rows = await countRows(deps, ctx);
    const existing = await existingExport(deps, ctx);
    const how = textOf(values, "how");
    if (how === "existing" || how === "anew") {
      return { rows, how: existing === null ? "new" : how, anewAt: how === "anew" ? ctx.now() : null };
    }
    if (existing !== null) {
      throw new AppError(
        "bad-answer",
        "This very export is already there. Choose whether to use it or to export anew.",
        { field: "how" },
      );
    }
    if (rows === 0) {
      throw new AppError(
        "bad-answer",
        "No URL matches, so there is nothing to export. Go back and change the depth or the filters.",
      );
    }
    return { rows, how: "new", anewAt: null };
  },
  // What costs other credits than were agreed to, or costs them once more, is for a person to say.
  holdsAgain: (now, then) => now.rows === then.rows && now.how === then.how && now.how !== "anew",
  detail: ({ rows, how }) =>
    `${rows.toLocaleString("en")} rows${how === "existing" ? ", using what is already there" : how === "anew" ? ", exported anew" : ""}`,
});

type Context = AskContext<ExportInput, Choices>;

/** What whoever let it run again by itself has agreed to; null: a person is asked. */
const agreedBefore = (
  { input, repeats }: Context,
  { rows, credits, existing }: { rows: number; credits: number; existing: Existing | null },
): Skip<Confirmed> | null => {
  if (repeats !== true || input.credits === undefined) return null;
  if (existing !== null)
    return existing.rejected
      ? null
      : new Skip("This very export is already there, and costs nothing.", {
          ...{ rows, how: "existing", anewAt: null },
        });
  // What one export does not hold is missing in it.
  if (rows === 0 || rows > largestExportRows || credits > input.credits) return null;
  return new Skip(
    `${rows.toLocaleString("en")} rows for ${credits.toLocaleString("en")} credits, of ${input.credits.toLocaleString("en")} that may be spent without asking.`,
    { rows, how: "new", anewAt: null },
  );
};

const countRows = async (deps: ExportDeps, { input, results, signal }: Context): Promise<number> => {
  const { botify } = await deps.connect(input.connectionId);
  return botify.count(results.project, countQuery(choiceOf(results)), signal);
};

const choiceOf = ({ analysis, columns, depth }: Choices): ExportChoice => ({
  analysis: analysis.slug,
  fields: columns.fields,
  filter: columns.filter,
  maxDepth: depth.maxDepth,
});

/** How many URLs of the chosen depth will have no row, and why: before anybody agrees to it. */
const leftOutOf = async (
  deps: ExportDeps,
  { input, results, signal }: Context,
  rows: number,
): Promise<string[]> => {
  const { botify } = await deps.connect(input.connectionId);
  const choice = choiceOf(results);
  const rowless = rowlessQuery(choice);
  const told: string[] = [];
  const urls =
    rowless === null
      ? rows
      : await botify.count(results.project, countQuery({ ...choice, fields: [] }), signal);
  if (results.columns.filter !== null && urls < results.depth.urls)
    told.push(`The filters leave out ${ofUrls(results.depth.urls - urls, results.depth.urls)}.`);
  if (rowless !== null) {
    const none = await botify.count(results.project, rowless, signal);
    told.push(
      `With a row for each link, ${ofUrls(none, urls)} ${none === 1 ? "has" : "have"} no row, because nothing is linked there. Untick “Internal link to” to have every URL.`,
    );
  }
  return told;
};

const ofUrls = (some: number, all: number): string =>
  `${some.toLocaleString("en")} of the ${all.toLocaleString("en")} URLs`;

const existingExport = async (
  { exports }: ExportDeps,
  { input, results, runId }: Context,
): Promise<Existing | null> =>
  existingOf(exports, await exports.current(input.connectionId, orderOf(results).hash), runId);

const warnings = (rows: number): Field[] => {
  if (rows === 0) {
    return [
      {
        kind: "note",
        tone: "warning",
        text: "No URL matches this depth and these filters. Go back and change them.",
      },
    ];
  }
  if (rows <= largestExportRows) return [];
  return [
    {
      kind: "note",
      tone: "danger",
      text: `One export holds ${largestExportRows.toLocaleString("en")} rows unless your plan says otherwise; ${(rows - largestExportRows).toLocaleString("en")} would be missing. Go back and choose a smaller depth or narrower filters.`,
    },
  ];
};

const existingChoice = ({ option, rejected }: Existing): Field[] => [
  {
    kind: "choice",
    name: "how",
    label: "This very export is already there",
    ...(rejected ? {} : { value: "existing" }),
    options: [
      { value: "existing", ...option },
      { value: "anew", label: "Export anew", marks: ["costs credits again"] },
    ],
  },
];
