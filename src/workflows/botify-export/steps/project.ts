import { type ProjectAddress, parseProjectUrl } from "#connectors/botify/project-url.ts";
import { toAppError } from "#core/errors.ts";
import { type Field, textOf } from "#core/form.ts";
import { Skip } from "#core/skip.ts";
import type { AskOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";

/** Longer lists are searched by the person in the address instead. */
const mostListed = 50;

/** The project: a pick from the account's own, or any page address of Botify's app. */
export const askProject = ({ connect }: ExportDeps): AskOptions<ExportInput, object, ProjectAddress> => ({
  form: async ({ input, signal, previous }) => {
    const { botify } = await connect(input.connectionId);
    const { username } = await botify.profile(signal);
    const before = previous as ProjectAddress | undefined;
    if (before === undefined && input.project !== undefined) {
      const known = input.project;
      const isThere = await botify.analyses(known, signal, { unfinished: true }).then(
        () => true,
        () => false,
      );
      if (isThere) return new Skip("It was given at the start.", known);
    }
    const listed = await botify.projects(username, signal).then(
      (projects) => ({ projects, why: null }),
      // An account may export from projects that it cannot list, so the address is enough.
      (error: unknown) => ({ projects: [], why: toAppError(error).message }),
    );
    const options = listed.projects.slice(0, mostListed).map((one) => ({
      value: `${one.org}/${one.project}`,
      label: one.name,
      cells: [`${one.org}/${one.project}`],
    }));
    const chosen = before === undefined ? options[0]?.value : `${before.org}/${before.project}`;
    const pick: Field[] =
      options.length === 0
        ? [
            {
              kind: "note",
              tone: "info",
              text:
                listed.why === null
                  ? "This account lists no projects; paste an address."
                  : `The projects could not be listed: ${listed.why}`,
            },
          ]
        : [
            {
              kind: "choice",
              name: "pick",
              label: "Projects of this account",
              columns: ["Project", "Address"],
              options,
              ...(chosen === undefined ? {} : { value: chosen }),
              ...(listed.projects.length > mostListed
                ? {
                    help: `The first ${mostListed} of ${listed.projects.length}. For another one paste its address below.`,
                  }
                : {}),
            },
          ];
    return {
      fields: [
        ...pick,
        {
          kind: "text",
          name: "project",
          label: options.length === 0 ? "Address of the project" : "Or paste an address",
          help: "Any page of the project in Botify's app will do; the crawl it shows becomes the default of the next step.",
          placeholder: "https://app.botify.com/your-org/your-project/crawl",
          inputMode: "url",
          ...(before !== undefined && !options.some((one) => one.value === `${before.org}/${before.project}`)
            ? { value: `${before.org}/${before.project}` }
            : {}),
        },
      ],
      submit: "Continue",
    };
  },
  read: async (values, { input, signal }) => {
    const { botify } = await connect(input.connectionId);
    const typed = textOf(values, "project");
    const address = parseProjectUrl(typed === "" ? textOf(values, "pick") : typed, {
      baseUrl: botify.baseUrl,
    });
    // Asked now, so that a wrong project is told here and not three steps later.
    await botify.analyses(address, signal, { unfinished: true });
    return address;
  },
  detail: ({ org, project }) => `${org}/${project}`,
  holdsAgain: (now, then) => now.org === then.org && now.project === then.project,
});
