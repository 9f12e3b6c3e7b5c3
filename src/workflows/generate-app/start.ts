import { examples } from "#apps/plan/examples.ts";
import { slugOf } from "#apps/plan/names.ts";
import { longestDescription, planFromDescription } from "#apps/plan/plan.ts";
import type { AppRegistry } from "#apps/registry.ts";
import { AppError } from "#core/errors.ts";
import { type Field, type Form, textOf, type Values } from "#core/form.ts";
import type { Start } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { GenerateInput } from "./input.ts";

/** Asks for a description, or for one of the examples, and settles what the app is called and where it will be. */
export const startGenerate = ({
  apps,
  connections,
}: Pick<Host, "apps" | "connections">): Start<GenerateInput> => ({
  form: async ({ draft }): Promise<Form> => ({
    fields: [
      {
        kind: "text",
        name: "description",
        label: "What should the app keep?",
        help: "Name the things, and what is known of each if you like: “customers with name and phone, bikes, rentals and repair status”.",
        multiline: true,
        ...typed(draft, "description"),
      },
      {
        kind: "select",
        name: "example",
        label: "Or begin with an example",
        options: [
          { value: "", label: "None, I describe it myself" },
          ...examples.map(({ id, title }) => ({ value: id, label: title })),
        ],
        ...typed(draft, "example"),
      },
      {
        kind: "text",
        name: "title",
        label: "Title",
        help: "Left empty, it is taken from the description.",
        ...typed(draft, "title"),
      },
      ...(await modelField(connections)),
    ],
    submit: "Plan the app",
  }),
  read: async (values) => {
    const { description, ...wish } = wishOf(values);
    const connectionId = textOf(values, "model");
    if (connectionId !== "") {
      const known = await connections.list("openai");
      if (!known.some(({ id }) => id === connectionId))
        throw new AppError("bad-input", "Choose one of the connections, or no model.", { field: "model" });
      return { description, ...named(apps, wish, () => wish.title), connectionId };
    }
    // Without a model the description has to speak for itself, so that a question comes before the run begins.
    const { schema } = planFromDescription(description);
    return { description, ...named(apps, wish, () => schema.title), connectionId: null };
  },
  subject: ({ title }) => title,
  lock: ({ slug }) => `app:${slug}`,
});

const typed = (draft: Values | undefined, name: string): { value?: string } =>
  draft === undefined ? {} : { value: textOf(draft, name) };

const modelField = async (connections: Host["connections"]): Promise<Field[]> => {
  const all = await connections.list("openai");
  if (all.length === 0) return [];
  return [
    {
      kind: "select",
      name: "model",
      label: "Who drafts the plan?",
      help: "A model sees the description and nothing else. You see and change the plan either way.",
      options: [
        { value: "", label: "The planner that comes with Milepost" },
        ...all.map(({ id, name }) => ({ value: id, label: name })),
      ],
      value: "",
    },
  ];
};

interface Wish {
  title: string;
  slug: string | null;
}

const wishOf = (values: Values): Wish & { description: string } => {
  const described = textOf(values, "description");
  const chosen = textOf(values, "example");
  const title = textOf(values, "title").slice(0, 80);
  const example = examples.find(({ id }) => id === chosen);
  if (chosen !== "" && example === undefined)
    throw new AppError("bad-input", "Choose one of the examples.", { field: "example" });
  if (example !== undefined && described !== "" && described !== example.description)
    throw new AppError("bad-input", "Describe the app or choose an example, not both.", { field: "example" });
  if (example !== undefined)
    return {
      description: example.description,
      title: title || example.title,
      slug: title === "" ? example.id : null,
    };
  if (described === "")
    throw new AppError("bad-input", "Describe what the app should keep, or choose an example.", {
      field: "description",
    });
  if (described.length > longestDescription)
    throw new AppError(
      "bad-input",
      `Describe the app in at most ${longestDescription.toLocaleString("en")} characters.`,
      { field: "description" },
    );
  return { description: described, title, slug: null };
};

/** A title that was typed keeps its address or is refused; one that was only guessed moves on to a free address. */
const named = (
  apps: AppRegistry,
  { title, slug }: Wish,
  guess: () => string,
): { title: string; slug: string } => {
  const chosen = title || guess() || "My app";
  const wanted = slug ?? slugOf(chosen);
  const free = freeSlug(apps, wanted);
  if (title !== "" && slug === null && free !== wanted)
    throw new AppError(
      "bad-input",
      `There is an app at /apps/${wanted}/ already. Choose another title, or remove that app first; /apps/${free}/ would be free.`,
      { field: "title" },
    );
  return { title: chosen, slug: free };
};

const freeSlug = (apps: AppRegistry, wanted: string): string => {
  for (let number = 1; ; number++) {
    const slug = number === 1 ? wanted : `${wanted.slice(0, 36).replace(/-+$/, "")}-${number}`;
    if (apps.find(slug) === null) return slug;
  }
};
