import { encodingField } from "#apps/bulk/encoding-field.ts";
import { modelField } from "#apps/model/model-field.ts";
import { slugOf } from "#apps/plan/names.ts";
import { longestDescription, planFromDescription } from "#apps/plan/plan.ts";
import { templates } from "#apps/plan/templates.ts";
import { select } from "#core/field-choices.ts";
import { files, text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import type { Host } from "#workflows/host.ts";
import type { GenerateInput } from "./input.ts";
import { planFromPasted, titleOf } from "./sheets.ts";

/** Characters of rows that are pasted; more come as a file. */
const longestRows = 200_000;
/** So many tables an app begins with at most. */
const mostFiles = 20;

/** Asks for a description, or for one of the templates, and settles what the app is called and where it will be. */
export const startGenerate = ({ connections, ...places }: Places & Pick<Host, "connections">) =>
  start({
    fields: [
      text("description", "What should the app keep?", {
        help: "Name each thing with what is known of it: “books (title, author), members (name, email), loans (book, member, due date)”.",
        multiline: true,
        longest: longestDescription,
      }),
      text("rows", "Or paste the rows of a spreadsheet", {
        help: "Headings first, as CSV or as they are copied: the columns get the types that the rows tell, and the rows are added to the app.",
        multiline: true,
        longest: longestRows,
      }),
      files("files", "Or choose CSV files", {
        help: "Each becomes a table; what belongs together is told by what stands in them. The rows are added to the app.",
        accept: ".csv,.tsv,.txt,text/csv",
      }),
      encodingField("Encoding of the files", "As each file says, or UTF-8"),
      select("example", "Or begin with a template", {
        help: "Each is a whole app with its rules; you see and change its plan before anything is made.",
        options: templates.map(({ id, title }) => ({ value: id, label: title })),
        none: "None, I describe it myself",
        otherwise: "Choose one of the templates.",
      }),
      text("title", "Title", {
        help: "Left empty, it is taken from the description, or from the first file.",
        longest: 80,
      }),
      modelField(
        "Who drafts the plan?",
        "A model sees the description and nothing else. You see and change the plan either way.",
        {
          list: () => connections.list("openai"),
          none: "No model: what is written is read as it stands",
        },
      ),
    ],
    submit: "Plan the app",
    input: async (given): Promise<GenerateInput> => {
      if (given.rows !== "" || given.files.length > 0) return fromRows(places, given);
      const { description, ...wish } = wishOf(given);
      const { model: connectionId } = given;
      // Without a model the description has to speak for itself, so that a question comes before the run begins.
      const guess = connectionId === null ? planFromDescription(description).schema.title : wish.title;
      return { description, ...(await named(places, wish, guess)), connectionId };
    },
    subject: ({ title }) => title,
    lock: lockOf,
  });

const lockOf = ({ slug }: { slug: string }): string => `app:${slug}`;

/** Where apps are, and where runs are about to make some. */
type Places = Pick<Host, "apps" | "isLocked">;

const fromRows = async (
  places: Places,
  { description, example, title, rows, files, encoding }: Typed & Rows,
): Promise<GenerateInput> => {
  const field = rows === "" ? "files" : "rows";
  if (example !== null || description !== "" || (rows !== "" && files.length > 0))
    throw wrong(field, "Paste rows, choose files, describe the app, or choose a template: one of them.");
  if (files.length > mostFiles) throw wrong(field, `Choose at most ${mostFiles} files.`);
  if (rows !== "" && title === "")
    throw wrong("title", "Give the app a title: what its rows are, such as “Customers”.");
  if (rows !== "") await planFromPasted(rows, title);
  return {
    description,
    ...(await named(
      places,
      { title, slug: null },
      files[0] === undefined ? "" : titleOf(files[0], { title }),
    )),
    connectionId: null,
    ...(rows === "" ? { files, encoding } : { rows }),
  };
};

interface Rows {
  rows: string;
  files: readonly string[];
  encoding: string | null;
}

interface Typed {
  description: string;
  example: string | null;
  title: string;
}

interface Wish {
  title: string;
  slug: string | null;
}

const wishOf = ({ description, example: chosen, title }: Typed): Wish & { description: string } => {
  const template = templates.find(({ id }) => id === chosen);
  if (template !== undefined && description !== "" && description !== template.text)
    throw wrong("example", "Describe the app or choose a template, not both.");
  if (template !== undefined)
    return {
      description: template.text,
      title: title || template.title,
      slug: title === "" ? template.id : null,
    };
  if (description === "")
    throw wrong(
      "description",
      "Describe what the app should keep, paste rows, choose files, or choose a template.",
    );
  return { description, title, slug: null };
};

/** A title that was typed keeps its address or is refused; one that was only guessed moves on to a free address. */
const named = async (places: Places, { title, slug }: Wish, guess: string) => {
  const chosen = title || guess || "My app";
  const wanted = slug ?? slugOf(chosen);
  const isTyped = title !== "" && slug === null;
  if (isTyped && places.apps.find(wanted) === null) return { title: chosen, slug: wanted };
  const free = await freeSlug(places, wanted);
  if (!isTyped) return { title: chosen, slug: free };
  throw wrong(
    "title",
    `There is an app at /apps/${wanted}/ already. Choose another title, or remove that app first; /apps/${free}/ would be free.`,
  );
};

const freeSlug = async ({ apps, isLocked }: Places, wanted: string): Promise<string> => {
  for (let number = 1; ; number++) {
    const slug = number === 1 ? wanted : `${wanted.slice(0, 36).replace(/-+$/, "")}-${number}`;
    if (apps.find(slug) === null && !(await isLocked(lockOf({ slug })))) return slug;
  }
};
