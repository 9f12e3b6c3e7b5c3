import type { CallToolResult, ServerContext } from "@modelcontextprotocol/server";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { type Action, can, hiddenFrom } from "#core/rights.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import type { WebDeps } from "#web/deps.ts";
import type { Pictures } from "./pictures.ts";

export type McpDeps = Pick<WebDeps, "engine" | "store" | "files" | "publicUrls" | "clock">;

/** Who calls, and with what its tools work. */
export interface Caller extends McpDeps {
  who: Identity;
  /** Where people find this server, with a slash at its end. */
  home: string;
  /** Where runs stand; shared by all who call. */
  pictures: Pictures;
  /** Proves that what comes back from a client was sent by this server. */
  key: Uint8Array;
}

const tasks = "io.modelcontextprotocol/tasks";

/** What the client said that it can do, in this very request; those of the era before say nothing. */
export const clientCan = (ctx: ServerContext): { beAsked: boolean; followTasks: boolean } => {
  const envelope = ctx.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const capabilities = envelope?.["io.modelcontextprotocol/clientCapabilities"] as
    | { elicitation?: { form?: object; url?: object } | object; extensions?: Record<string, unknown> }
    | undefined;
  const { elicitation, extensions } = capabilities ?? {};
  // An empty one means forms, as it did before there were others.
  const form = elicitation !== undefined && ("form" in elicitation || !("url" in elicitation));
  return { beAsked: form, followTasks: extensions?.[tasks] !== undefined };
};

/** Throws AppError("forbidden"). */
export const assertCan = (
  { who }: Caller,
  action: Action,
  of: { workflowId: string; starter?: string },
): void => {
  if (!can(who, action, of)) throw new AppError("forbidden", `“${who.name}” may not do that with this.`);
};

/** Whether a workflow with its runs is there for this caller. */
export const isThereFor = ({ who }: Pick<Caller, "who">, workflowId: string): boolean =>
  can(who, "read", { workflowId });

/** The workflows that lists leave out for this caller; what of others they must not show either `isThereFor` says. */
export const leftOutFor = ({ engine, who }: Caller): string[] => [
  ...new Set([
    ...hiddenFrom(who),
    ...engine.workflows.flatMap(({ id }) => (isThereFor({ who }, id) ? [] : [id])),
  ]),
];

/** The run as this caller may see it. Throws AppError("not-found") where it may not. */
export const runFor = async (caller: Caller, runId: string): Promise<RunPicture> => {
  const picture = await caller.pictures(runId);
  if (!isThereFor(caller, picture.workflowId)) throw new AppError("not-found", "There is no such run.");
  return seenBy(picture, permitsOf(caller.who, picture));
};

/** An absolute address that a person can open. */
export const addressOf = ({ home }: Caller, path: string): string =>
  new URL(path.replace(/^\//, ""), home).href;

/** A refusal goes to the model as the sentence that a person would read; our own mistakes go on as such. */
export const answering =
  <A extends unknown[], R>(call: (...asked: A) => Promise<R>) =>
  async (...asked: A): Promise<R | CallToolResult> => {
    try {
      return await call(...asked);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
      const field = thrown.field === undefined ? "" : ` (field: ${thrown.field})`;
      return { content: [{ type: "text", text: `${thrown.message}${field}` }], isError: true };
    }
  };
