import type { McpServer, ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import type { JsonSchema } from "#core/fields.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { Workflow } from "#core/workflow.ts";
import { startValuesOf } from "#web/api/values.ts";
import { addressOf, answering, type Caller, clientCan, runFor } from "./call.ts";
import { following } from "./following.ts";
import { answeredIn, toldOrAsked } from "./questions.ts";
import type { Sdk } from "./sdk.ts";
import { taskOf } from "./tasks.ts";

/** Clients give up after a minute; this leaves them room. */
const answerWithinMs = 20_000;
/** With more tools than this a model loses its way. */
const mostStartTools = 20;
const keyField = "request_id";

/** Workflows as tools, each with the fields of its form. */
export const startTools = (server: McpServer, sdk: Sdk, caller: Caller): void => {
  const { engine, who } = caller;
  const offered = engine.workflows.filter(({ id }) => can(who, "read", { workflowId: id }));
  server.registerTool(
    "list_workflows",
    {
      title: "List workflows",
      description: "What can be started here, and with which values.",
      inputSchema: z.strictObject({}),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    answering(async () => {
      const workflows = offered.map((flow) => ({
        workflow: flow.id,
        title: flow.title,
        about: flow.about,
        input: schemaFor(flow),
      }));
      return {
        content: [{ type: "text" as const, text: workflows.map((one) => JSON.stringify(one)).join("\n") }],
        structuredContent: { workflows },
      };
    }),
  );
  const startable = offered.filter(({ id }) => can(who, "run", { workflowId: id }));
  if (startable.length > mostStartTools) {
    server.registerTool(
      "start_run",
      {
        title: "Start a run",
        description: "Starts a workflow of list_workflows with values for its input.",
        inputSchema: z.strictObject({
          workflow: z.string(),
          values: z.record(z.string(), z.unknown()).default({}),
          [keyField]: z.string().max(200).optional(),
        }),
        annotations: startHints,
      },
      answering(async ({ workflow, values, [keyField]: key }, ctx) => {
        const flow = startable.find(({ id }) => id === workflow);
        if (flow === undefined)
          throw new AppError(
            "not-found",
            `There is no workflow “${workflow}” that you may start. list_workflows names what is here.`,
          );
        return start(sdk, caller, flow, { ...values, [keyField]: key }, ctx);
      }),
    );
    return;
  }
  for (const flow of startable)
    server.registerTool(
      toolName(flow.id),
      {
        title: flow.title,
        description: flow.about,
        inputSchema: inputOf(sdk, flow),
        annotations: startHints,
      },
      answering(async (given, ctx) => start(sdk, caller, flow, given, ctx)),
    );
};

/** Only with a key of its own is a call that is repeated the same run. */
const startHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
} as const;

/** "start_botify-export": at most 64 of the characters that tools may be named with. */
export const toolName = (id: string): string => `start_${id.replace(/[^A-Za-z0-9_-]/g, "_")}`.slice(0, 64);

/** A model is told that there are no other fields; one that it gives is refused by us, in a sentence that names those that there are. */
const inputOf = (sdk: Sdk, flow: Workflow) => {
  const schema = schemaFor(flow);
  const read = (one: object) => sdk.fromJsonSchema<Record<string, unknown>>(one as never)["~standard"];
  const { validate } = read(schema);
  return { "~standard": { ...read({ ...schema, additionalProperties: false }), validate } };
};

/** The fields of the form, secrets left out: they do not go through a model. */
const schemaFor = ({ start: { schema } }: Workflow): object => {
  const shown = Object.entries(schema.properties ?? {}).filter(([, { writeOnly }]) => writeOnly !== true);
  const names = new Set(shown.map(([name]) => name));
  return {
    type: "object",
    properties: {
      ...Object.fromEntries(shown),
      [keyField]: {
        type: "string",
        description: "Your own name for this call: called again with the same one, it is the same run.",
      } satisfies JsonSchema,
    },
    required: (schema.required ?? []).filter((name) => names.has(name)),
  };
};

const secretsOf = ({ start: { schema } }: Workflow): string[] =>
  (schema.required ?? []).filter((name) => schema.properties?.[name]?.writeOnly === true);

const start = async (
  sdk: Sdk,
  caller: Caller,
  flow: Workflow,
  { [keyField]: key, ...given }: Record<string, unknown>,
  ctx: ServerContext,
) => {
  const { engine, who } = caller;
  const before = await answeredIn(caller, ctx);
  const runId = before?.run ?? (await begin());
  if (runId === null) {
    const form = addressOf(caller, routes.workflow.href({ id: flow.id }));
    const text = `“${flow.title}” needs a secret, which must not pass through an agent. A person can start it at ${form}.`;
    return { content: [{ type: "text" as const, text }], isError: true };
  }
  if (before === null && clientCan(ctx).followTasks) return taskOf(await runFor(caller, runId));
  await following(caller, runId, answerWithinMs, ctx);
  return toldOrAsked(sdk, caller, await runFor(caller, runId), ctx, before?.askAgain);

  async function begin(): Promise<string | null> {
    if (secretsOf(flow).length > 0) return null;
    const how = typeof key === "string" && key !== "" ? { key: `mcp:${key}` } : {};
    const values = startValuesOf(flow, given as Parameters<typeof startValuesOf>[1]);
    return (await engine.start(flow.id, values, who.by, how).catch(inItsWords)).runId;
  }
};

/** As the field is called by which an agent gives the key. */
const inItsWords = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || thrown.code !== "key-reused") throw thrown;
  throw new AppError(
    "key-reused",
    `Something else was started with this ${keyField} before. Take a new one for each run that you want.`,
    { field: keyField },
  );
};
