import { createHash } from "node:crypto";
import { AppError } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import { type HookAnswer, type HookCall, mostHookBytes } from "#core/hook-call.ts";
import { mapped } from "#core/mapping.ts";
import {
  isOf,
  type NewFiring,
  type Trigger,
  TriggerMoved,
  triggerOwner,
  type WhenOf,
} from "#core/trigger.ts";
import { begin, mayPass } from "./begin.ts";
import { shownBody } from "./blot.ts";
import { failuresInARow } from "./failures.ts";
import { pause } from "./pause.ts";
import { assertFresh, deliveryId, knows } from "./proof.ts";
import type { SettleDeps } from "./settle.ts";

export interface HookDeps extends SettleDeps {
  newId(): string;
  /** The names of the secrets of a workflow's start form. */
  secretsOf(workflowId: string): readonly string[];
}

type Hook = Trigger<WhenOf<"hook">>;

/** The hook that a call proves to know; null when there is none, or it does not. */
export const provenHook = async (
  { store, secrets, clock }: Pick<HookDeps, "store" | "secrets" | "clock">,
  id: string,
  call: HookCall,
): Promise<Hook | null> => {
  const hook = await store.triggers.get(id);
  if (hook === null || !isOf(hook, "hook")) return null;
  const former = clock.now() < (hook.formerUntil ?? 0) ? hook.proof?.former : undefined;
  const all = [hook.proof?.now, former].flatMap((sealed) =>
    sealed === undefined ? [] : [secrets.open(sealed, triggerOwner(id))],
  );
  return all.some((secret) => knows(hook.when.proof, secret, call)) ? hook : null;
};

/**
 * Starts the run of a call that was proven. The same delivery again is the same run; AppError("key-reused") when it brings something else.
 * Throws AppErrors with sentences for whoever called; what was refused stands in the hook's list.
 */
export const receive = async (deps: HookDeps, hook: Hook, call: HookCall): Promise<HookAnswer> => {
  const { triggers } = deps.store;
  const now = deps.clock.now();
  assertFresh(hook.when.proof, call, now);
  const key = deliveryId(hook.when.proof, call) ?? deps.newId();
  const asked = createHash("sha256").update(call.body).digest("hex");
  const firing: NewFiring = {
    triggerId: hook.id,
    key,
    at: now,
    became: "run",
    because: null,
    dueAt: null,
    afterRunId: null,
    body: null,
    asked,
  };
  if (hook.when.proof === "github" && call.header("x-github-event") === "ping") {
    await triggers.record({
      ...firing,
      became: "skipped",
      because: "GitHub asked whether anybody is there.",
    });
    return { kind: "pong" };
  }
  const before = await triggers.firing(hook.id, key);
  if (before?.runId != null) return sameRun(before.runId, before.asked === asked);
  if (hook.paused !== null)
    throw new AppError(
      "not-allowed-now",
      `This hook is paused, so nothing was started. ${hook.paused.because}`,
    );
  const failures = await failuresInARow(triggers, hook);
  if (failures !== null) {
    await pause(triggers, hook, now, failures);
    throw new AppError("not-allowed-now", `This hook is paused, so nothing was started. ${failures}`);
  }
  let body: string | null = null;
  try {
    const brought = parsed(call.body);
    body = shownBody(brought, secretPaths(deps, hook));
    const values = mapped(hook.when.mapping, brought);
    const { runId, again = false } = await begin(deps, hook, { ...firing, body }, values);
    return { kind: "run", runId, again };
  } catch (error) {
    if (!(error instanceof AppError) || mayPass(error)) throw gone(error);
    if (error.code === "key-reused") throw otherBody();
    if (error.code === "forbidden") {
      await pause(triggers, hook, now, error.message);
      throw new AppError("not-allowed-now", `This hook is paused, so nothing was started. ${error.message}`);
    }
    await triggers.record({ ...firing, body, became: "refused", because: error.message });
    throw error;
  }
};

/** What a body would start a run with, secrets left out. Throws what a call with it would be answered. */
export const tried = (deps: Pick<HookDeps, "secretsOf">, hook: Hook, text: string): Values => {
  const values = { ...hook.values, ...mapped(hook.when.mapping, parsed(Buffer.from(text))) };
  const secrets = deps.secretsOf(hook.workflowId);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.includes(name)));
};

const sameRun = (runId: string, isSame: boolean): HookAnswer => {
  if (!isSame) throw otherBody();
  return { kind: "run", runId, again: true };
};

const otherBody = (): AppError =>
  new AppError(
    "key-reused",
    "Another body came under the name of this delivery before, so nothing was started.",
  );

const gone = (error: unknown): unknown =>
  error instanceof TriggerMoved ? new AppError("not-found", "This hook is no longer there.") : error;

const secretPaths = ({ secretsOf }: Pick<HookDeps, "secretsOf">, { workflowId, when: { mapping } }: Hook) =>
  secretsOf(workflowId).flatMap((name) => mapping[name] ?? []);

const parsed = (body: Uint8Array): unknown => {
  if (body.length > mostHookBytes)
    throw new AppError("too-large", `A call may bring ${mostHookBytes / 1024} KiB at most.`);
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError(
      "bad-input",
      "What this call brought is not JSON. Let it be sent as application/json.",
      {
        cause,
      },
    );
  }
};
