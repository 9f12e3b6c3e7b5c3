import { readableAnalysis } from "#connectors/botify/analysis-slug.ts";
import type { Analysis } from "#connectors/botify/botify.ts";
import type { ProjectAddress } from "#connectors/botify/project-url.ts";
import { AppError } from "#core/errors.ts";
import { type Form, type Option, textOf } from "#core/form.ts";
import { Skip } from "#core/skip.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";

export interface ChosenAnalysis {
  slug: string;
  title: string;
}

/** The crawl: all of the project's, the newest finished and whole one preselected, or the one that the address showed. */
export const askAnalysis = ({
  connect,
  exports,
}: ExportDeps): AskOptions<ExportInput, { project: ProjectAddress }, ChosenAnalysis> => ({
  form: async ({ input, results, signal, previous, repeats }): Promise<Form | Skip<ChosenAnalysis>> => {
    const { project } = results;
    const { botify } = await connect(input.connectionId);
    const analyses = await botify.analyses(project, signal, { unfinished: true });
    if (!analyses.some(isFinished)) {
      throw new AppError("remote-refused", `${project.org}/${project.project} has no finished crawl yet.`, {
        wayOn: { back: "project", why: "to choose another one" },
      });
    }
    const { connectionId } = input;
    const slugs = analyses.map((one) => one.slug);
    const downloaded = new Set(await exports.saved({ connectionId, ...project }, slugs));
    const newest = analyses.find(isFinished)?.slug;
    // A crawl that was cut off is an answer that only a person can give.
    const newestWhole = analyses.find((one) => isFinished(one) && !isCutOff(one))?.slug;
    const before = previous as ChosenAnalysis | undefined;
    // Who runs it again wants the newest crawl; that it is another one they are to know.
    const newer = repeats === true && isBefore(slugs, newestWhole, before?.slug) ? newestWhole : undefined;
    if (newer !== undefined && input.credits !== undefined) {
      const title = readableAnalysis(newer);
      return new Skip(`The newest whole crawl: ${title} (${newer}).`, { slug: newer, title });
    }
    const wanted = newer ?? before?.slug ?? project.analysis;
    const preselected = analyses.find((one) => one.slug === wanted && isFinished(one))?.slug ?? newestWhole;
    return {
      fields: [
        ...(newer === undefined
          ? []
          : [
              {
                kind: "note" as const,
                tone: "info" as const,
                text: `There is a newer crawl than ${before?.title} of the run before: ${readableAnalysis(newer)}. It is chosen here; choose another one if you want that.`,
              },
            ]),
        {
          kind: "choice",
          name: "analysis",
          label: "Crawls",
          columns: ["Crawl", "Name", "Slug", "Finished", "Status", "URLs"],
          options: analyses.map((one) => option(one, one.slug === newest, downloaded.has(one.slug))),
          ...(preselected === undefined ? {} : { value: preselected }),
        },
      ],
      submit: "Continue",
    };
  },
  read: async (values, { input, results, signal }) => {
    const slug = textOf(values, "analysis");
    const { botify } = await connect(input.connectionId);
    const found = (await botify.analyses(results.project, signal, { unfinished: true })).find(
      (one) => one.slug === slug,
    );
    if (found === undefined)
      throw new AppError("bad-answer", "Choose one of the crawls.", { field: "analysis" });
    if (!isFinished(found)) {
      throw new AppError("bad-answer", "This crawl is not finished yet. Choose a finished one.", {
        field: "analysis",
      });
    }
    return { slug, title: readableAnalysis(slug) };
  },
  holdsAgain: (now, then) => now.slug === then.slug,
  detail: ({ title, slug }) => `${title} (${slug})`,
});

const isBefore = (slugs: readonly string[], one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && slugs.indexOf(one) < slugs.indexOf(other);

const isFinished = ({ status }: Analysis): boolean => status === null || status === "success";

const isCutOff = ({ urlsInQueue }: Analysis): boolean => urlsInQueue !== null && urlsInQueue > 0;

const option = (one: Analysis, newest: boolean, downloaded: boolean): Option => ({
  value: one.slug,
  label: readableAnalysis(one.slug),
  cells: [
    one.friendlyName ?? "",
    one.slug,
    dateOf(one.finishedAt),
    one.status ?? "unknown",
    one.urlsDone?.toLocaleString("en") ?? "unknown",
  ],
  marks: [
    ...(newest ? ["newest"] : []),
    ...(isCutOff(one) ? [`cut off: ${one.urlsInQueue?.toLocaleString("en")} more were known`] : []),
    ...(downloaded ? ["downloaded"] : []),
  ],
  ...(isFinished(one) ? {} : { disabled: "not finished" }),
});

const dateOf = (text: string | null): string => {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? (text ?? "not yet") : new Date(at).toISOString().slice(0, 16).replace("T", " ");
};
