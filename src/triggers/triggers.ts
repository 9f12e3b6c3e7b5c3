import type { AccessBook } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import { AppError, noTrigger } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import type { HookAnswer, HookCall } from "#core/hook-call.ts";
import type { Random } from "#core/id.ts";
import { ownerId } from "#core/people.ts";
import type { FormerAnswers, RunMode } from "#core/run.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Store } from "#core/store.ts";
import { isOf, type Trigger, type TriggerPatch, triggerOwner, type When } from "#core/trigger.ts";
import type { Engine } from "#engine/engine.ts";
import { begin, makerOf } from "./begin.ts";
import { changeAll } from "./change-all.ts";
import { provenHook, receive, tried } from "./hooks.ts";
import { assertSecret, newSecret } from "./proof.ts";
import { assertSameKind, assertWhen, checkedName, checkedPauseAfter, fresh, sealedValues } from "./wish.ts";

export interface TriggerDeps {
  engine: Pick<Engine, "start" | "check" | "workflow">;
  store: Pick<Store, "triggers" | "run"> & { accounts: Pick<Accounts, "people" | "audit"> };
  secrets: Secrets;
  access: AccessBook;
  clock: Pick<Clock, "now">;
  random: Random;
  newId(): string;
  /** Something changed that may be due at once. */
  look(): void;
}

export interface TriggerWish {
  name: string;
  workflowId: string;
  mode: RunMode;
  values: Values;
  former: FormerAnswers | null;
  when: When;
  pauseAfter: number | null;
  /** Of a hook, where the other side has made it; empty: Milepost makes one. */
  secret?: string;
}

/** A secret is told this once. */
export interface WithSecret {
  trigger: Trigger;
  secret: string | null;
}

/** What starts runs by itself, as people see to it. Verbs throw AppError: "not-found", "bad-input" with the field, "conflict". */
export interface Triggers {
  get(id: string): Promise<Trigger>;
  make(wish: TriggerWish, by: Actor): Promise<WithSecret>;
  /** What was due before starts nothing any more. */
  change(id: string, wish: Pick<TriggerWish, "name" | "when" | "pauseAfter">, by: Actor): Promise<void>;
  pause(id: string, by: Actor): Promise<void>;
  resume(id: string, by: Actor): Promise<void>;
  pauseAll(by: Actor): Promise<void>;
  /** Those that were paused with all others. */
  resumeAll(by: Actor): Promise<void>;
  remove(id: string, by: Actor): Promise<void>;
  /** Starts a run of it at once, as whoever made it. */
  startNow(id: string, by: Actor): Promise<string>;
  /** Another secret; the one before holds for a day. */
  renewSecret(id: string, secret: string, by: Actor): Promise<string>;
  /** What a body would start a run with. Throws what a call with it would be answered. */
  tryBody(id: string, body: string): Promise<Values>;
  /** Whether a call knows the secret of a hook. */
  proves(id: string, call: HookCall): Promise<boolean>;
  receive(id: string, call: HookCall): Promise<HookAnswer>;
}

const formerSecretMs = 24 * 3_600_000;

export const createTriggers = (deps: TriggerDeps): Triggers => {
  const { engine, store, secrets, access, clock, random, newId, look } = deps;
  const { triggers, accounts } = store;
  const beginDeps = { engine, accounts, access, secrets };
  const hookDeps = {
    ...beginDeps,
    store,
    clock,
    newId,
    secretsOf: (workflowId: string) => engine.workflow(workflowId).start.secrets,
  };
  const audit = (by: Actor, did: string, target: string) =>
    accounts.audit({ at: clock.now(), by, did, target });
  const get = async (id: string): Promise<Trigger> => {
    const found = await triggers.get(id);
    if (found === null) throw new AppError("not-found", noTrigger);
    return found;
  };
  const put = async ({ id, revision }: Trigger, patch: TriggerPatch): Promise<void> => {
    if (!(await triggers.change(id, revision, patch)))
      throw new AppError("conflict", "It changed just now, so nothing was done. Look at it, then try again.");
    look();
  };
  const pausedBy = ({ name }: Actor) => `${name} paused it.`;
  const hookOf = async (id: string) => {
    const found = await get(id);
    if (isOf(found, "hook")) return found;
    throw new AppError("not-found", noTrigger);
  };

  return {
    get,
    make: async (wish, by) => {
      const { workflowId, mode, former, when } = wish;
      const workflow = engine.workflow(workflowId);
      const name = checkedName(wish.name);
      const makerId = by.personId ?? ownerId;
      await makerOf({ accounts, access }, { makerId, workflowId, when });
      await assertWhen({ engine, triggers, clock }, wish, null);
      if (when.kind === "schedule" || Object.keys(when.mapping).length === 0)
        await engine.check(workflowId, wish.values, makerId);
      const id = newId();
      const now = clock.now();
      const secret = when.kind === "hook" ? wish.secret?.trim() || newSecret(when.proof, random) : null;
      if (when.kind === "hook" && secret !== null) assertSecret(when.proof, secret);
      const values = Object.fromEntries(
        Object.entries(wish.values).filter(([field]) => !workflow.start.secrets.includes(field)),
      );
      const trigger: Trigger = {
        id,
        name,
        workflowId,
        mode,
        values,
        former,
        secrets: sealedValues(workflow.start.secrets, wish.values, (text) =>
          secrets.seal(text, triggerOwner(id)),
        ),
        when,
        proof: secret === null ? null : { now: secrets.seal(secret, triggerOwner(id)) },
        formerUntil: null,
        makerId,
        madeAt: now,
        ...fresh(when, now),
        pauseAfter: checkedPauseAfter(wish.pauseAfter),
        revision: 0,
        fired: 0,
      };
      await triggers.add(trigger);
      await audit(by, `made ${words[when.kind]}`, name);
      look();
      return { trigger, secret };
    },
    change: async (id, { name, when, pauseAfter }, by) => {
      const before = await get(id);
      assertSameKind(before.when, when);
      await makerOf({ accounts, access }, { ...before, when });
      await assertWhen({ engine, triggers, clock }, { workflowId: before.workflowId, when }, id);
      const { paused, ...again } = fresh(when, clock.now());
      const held = before.paused === null ? again : { ...again, nextAt: null };
      await put(before, {
        name: checkedName(name),
        when,
        pauseAfter: checkedPauseAfter(pauseAfter),
        ...held,
      });
      await audit(by, `changed ${words[when.kind]}`, name);
    },
    pause: async (id, by) => {
      const before = await get(id);
      if (before.paused !== null) return;
      await put(before, { paused: { at: clock.now(), because: pausedBy(by) }, nextAt: null });
      await audit(by, `paused ${words[before.when.kind]}`, before.name);
    },
    resume: async (id, by) => {
      const before = await get(id);
      if (before.paused === null) return;
      await makerOf({ accounts, access }, before);
      await put(before, fresh(before.when, clock.now()));
      await audit(by, `resumed ${words[before.when.kind]}`, before.name);
    },
    pauseAll: async (by) => {
      const paused = { at: clock.now(), because: `${by.name} paused all.`, withAll: true } as const;
      await changeAll(triggers, (one) => (one.paused === null ? { paused, nextAt: null } : null));
      await audit(by, "paused all schedules and hooks", "all");
    },
    resumeAll: async (by) => {
      await changeAll(triggers, (one) => (one.paused?.withAll ? fresh(one.when, clock.now()) : null));
      look();
      await audit(by, "resumed all schedules and hooks", "all");
    },
    remove: async (id, by) => {
      const { name, when } = await get(id);
      await triggers.remove(id);
      await audit(by, `removed ${words[when.kind]}`, name);
    },
    startNow: async (id, by) => {
      const trigger = await get(id);
      if (!isOf(trigger, "schedule"))
        throw new AppError(
          "not-allowed-now",
          "Only a schedule can be started by hand: the others need what comes with them.",
        );
      const nothing = { because: null, dueAt: null, afterRunId: null, body: null, asked: "" };
      const firing = {
        triggerId: id,
        key: `by hand ${newId()}`,
        at: clock.now(),
        became: "run",
        ...nothing,
      } as const;
      const { runId } = await begin(beginDeps, trigger, firing);
      await audit(by, "started a run of a schedule", trigger.name);
      return runId;
    },
    renewSecret: async (id, given, by) => {
      const hook = await hookOf(id);
      const secret = given.trim() || newSecret(hook.when.proof, random);
      assertSecret(hook.when.proof, secret);
      const now = secrets.seal(secret, triggerOwner(id));
      const former = hook.proof?.now;
      await put(hook, {
        proof: former === undefined ? { now } : { now, former },
        formerUntil: clock.now() + formerSecretMs,
      });
      await audit(by, "made another secret for a hook", hook.name);
      return secret;
    },
    tryBody: async (id, body) => {
      const hook = await hookOf(id);
      const values = tried(hookDeps, hook, body);
      const missing = hookDeps
        .secretsOf(hook.workflowId)
        .filter((name) => hook.secrets?.[name] !== undefined);
      const filled = Object.fromEntries(
        missing.map((name) => [name, secrets.open(hook.secrets?.[name] ?? "", triggerOwner(id))]),
      );
      await engine.check(hook.workflowId, { ...values, ...filled }, hook.makerId);
      return values;
    },
    proves: async (id, call) => (await provenHook(hookDeps, id, call)) !== null,
    receive: async (id, call) => {
      const hook = await provenHook(hookDeps, id, call);
      if (hook === null)
        throw new AppError("not-signed-in", "This call does not know the secret of this hook.");
      return receive(hookDeps, hook, call);
    },
  };
};

const words = { schedule: "a schedule", hook: "a hook", after: "a run after a run" } as const;
