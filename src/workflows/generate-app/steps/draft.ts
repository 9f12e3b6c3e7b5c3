import { givenUp, type ModelQuestion } from "#apps/model/ask-model.ts";
import type { Evidence, PlanOfSheets } from "#apps/plan/from-sheets.ts";
import { type AppPlan, planFromDescription } from "#apps/plan/plan.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { openChat } from "#connectors/openai/kind.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { GenerateInput } from "#workflows/generate-app/input.ts";
import { draftByModel } from "#workflows/generate-app/model-draft.ts";
import {
  isOfRows,
  type PlannedSheet,
  planFromFiles,
  planFromPasted,
} from "#workflows/generate-app/sheets.ts";
import type { Host } from "#workflows/host.ts";

export interface Drafted extends AppPlan {
  /** Who made it: “Milepost, without a model”, “the model gpt-4o”. */
  by: string;
  /** The files of rows that it is made of. */
  sheets?: PlannedSheet[];
  /** What their rows tell. */
  evidence?: Evidence[];
  /** What the model has to be told first; the plan is empty then. */
  question?: ModelQuestion;
}

export const planner = "Milepost, without a model";

/** Turns the description into a plan: by its grammar, or by a model where one was chosen, with the grammar to fall back on. */
export const draftPlan = (
  host: Pick<Host, "apps" | "connections" | "errands" | "files">,
): DoOptions<GenerateInput, object, Drafted> => ({
  run: async (ctx) => {
    const { input, runId, signal, progress, log, attempt } = ctx;
    const { connectionId, description } = input;
    const settled = (plan: AppPlan, by: string): Drafted => ({ ...plan, schema: at(input, plan.schema), by });
    if (isOfRows(input)) {
      const { tables: _, ...plan } = await planFromFiles(host, input, runId, signal, ({ done, total }) =>
        progress(done, total, "of the rows", "rows"),
      );
      return settled(plan, planner);
    }
    if (connectionId === null) return settled(planFromDescription(description), planner);
    try {
      const model = openChat((await host.connections.open(connectionId)).values);
      const by = `the model ${model.model}`;
      const drafted = await draftByModel(model, input, ctx);
      return "text" in drafted ? { ...settled(emptyPlan, by), question: drafted } : settled(drafted, by);
    } catch (thrown) {
      // What the model could not do, the grammar may.
      const error = givenUp(thrown, attempt);
      log(error.message, "warn");
      const plan = planWithout(error, description);
      const unused =
        (input.answers ?? []).length === 0 ? [] : ["What you answered to the model is not in it."];
      return settled(
        {
          ...plan,
          warnings: [`No model drafted this plan: ${error.message}`, ...unused, ...plan.warnings],
        },
        planner,
      );
    }
  },
  safeBecause:
    "A plan changes nothing; drafting it again asks the model once more, where one drafts, and replaces it.",
  timeoutMs: 3_600_000,
  plan: async ({ input, runId, signal }) => {
    if (input.connectionId !== null) return { lines: [says("Ask the model for a plan of the tables.")] };
    const plan = await planWithoutModel(host, input, runId, signal);
    const schema = at(input, plan.schema);
    const told = ("evidence" in plan ? plan.evidence : []).flatMap(({ columns }) =>
      columns.map(([label, words]) => `“${label}” ${words}.`),
    );
    const words = [
      ...plan.understood,
      ...told,
      ...plan.warnings,
      "As the plan stands, the steps after it would run:",
    ];
    // The steps after the question cannot be told before it is answered, so the tables are shown here.
    const statements = Object.entries(schema.tables).map(([name, table]) =>
      host.apps.dialect.tableSql(name, table),
    );
    return {
      lines: [...words.map(says), ...statements.map(sends)],
      result: { ...plan, schema, by: planner },
    };
  },
  detail: ({ schema: { tables }, by, question }) => {
    if (question !== undefined) return `A question of ${by}: ${question.text}`;
    const count = Object.keys(tables).length;
    return `${plural(count, "table")}, drafted by ${by}`;
  },
  weightMs: 500,
});

const emptyPlan: AppPlan = { schema: { app: "", title: "", tables: {} }, understood: [], warnings: [] };

/** As the dry run shows it, which keeps nothing. */
const planWithoutModel = async (
  host: Pick<Host, "errands" | "files">,
  input: GenerateInput,
  runId: string,
  signal: AbortSignal,
): Promise<AppPlan | PlanOfSheets> => {
  const { rows, title, description } = input;
  if (rows != null) return planFromPasted(rows, title);
  return isOfRows(input) ? planFromFiles(host, input, runId, signal) : planFromDescription(description);
};

/** The plan by the grammar. When that gives none either, both reasons are told. */
const planWithout = (reason: AppError, description: string): AppPlan => {
  try {
    return planFromDescription(description);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("bad-input", `${reason.message} Without a model: ${error.message}`, {
      cause: reason,
      field: "description",
      ...(reason.detail === undefined ? {} : { detail: reason.detail }),
    });
  }
};

const at = ({ slug, title }: GenerateInput, schema: AppSchema): AppSchema => ({
  ...schema,
  app: slug,
  title,
});
