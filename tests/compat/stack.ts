import { AppError } from "#core/errors.ts";
import { select } from "#core/field-choices.ts";
import { checkbox, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { type DoOptions, workflow } from "#core/workflow.ts";

interface Input {
  name: string;
  keep: boolean;
}

/** A workflow with the steps of “deploy-stack”, whose other side is in this process. */
export const createStack = () => {
  /** Names that are taken on the other side. */
  const taken = new Set<string>();
  const told = { fail: null as AppError | null, unreachable: false };
  /** Called before each step does its work. */
  let before: (stepId: string) => Promise<void> = async () => {};
  const step = <T>(result: T): Pick<DoOptions<Input, object, T>, "run" | "undo"> => ({
    run: async ({ stepId, log }) => {
      await before(stepId);
      log(`doing ${stepId}`);
      return result;
    },
    undo: async ({ log }) => log("removed"),
  });
  const stack = workflow(
    "deploy-stack",
    "Deploy a stack",
    "For tests.",
    start({
      fields: [
        select("connection", "Where to?", { options: [{ value: "c1", label: "One" }] }),
        text("name", "Name", {
          required: true,
          shape: { is: /^[a-z0-9-]{3,20}$/, says: "Three to twenty letters." },
        }),
        checkbox("keep", "Keep"),
      ],
      submit: "Deploy",
      subject: ({ name }) => name,
      lock: ({ name }) => `stack:${name}`,
      onFailure: ({ keep }) => (keep ? "stop" : "undo"),
    }),
  )
    .do("initializing", "Initialize", { ...step("ready"), plan: () => ({ lines: [], result: "ready" }) })
    .do("creating-project", "Create the project", {
      ...step({ projectId: "p1", name: "ai-stack" }),
      plan: ({ input }) => {
        if (told.unreachable) throw new AppError("unreachable", "The other side cannot be reached.");
        return taken.has(input.name) ? { lines: [], skip: "It exists already." } : { lines: [] };
      },
    })
    .do("getting-environment", "Get the environment", step({ environmentId: "e1" }))
    .do("creating-application", "Create the application", step({ applicationId: "a1" }))
    .do("configuring-application", "Configure the application", step({ image: "hello" }))
    .do("creating-domain", "Create the domain", step({ domainId: "d1", origin: "http://one.localhost" }))
    .do("deploying", "Deploy", {
      ...step("deployed"),
      run: async ({ stepId, progress }) => {
        await before(stepId);
        if (told.fail !== null) throw told.fail;
        progress(1, 2, "layers pulled");
        return "deployed";
      },
    })
    .do("verifying-health", "Verify that it is healthy", step("healthy"))
    .hands(({ name }) => ({ sentence: `“${name}” is deployed.` }));
  return {
    stack,
    taken,
    told,
    /** Holds every step until it is let go; gives the function that lets one go. */
    holdSteps: () => {
      let held: (() => void) | null = null;
      let free = 0;
      before = () =>
        new Promise((resolve) => {
          if (free-- > 0) resolve();
          else held = resolve;
        });
      return () => {
        free++;
        held?.();
        held = null;
      };
    },
    goOn: () => {
      before = async () => {};
    },
  };
};
