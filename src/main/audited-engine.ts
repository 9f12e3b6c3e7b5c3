import type { Accounts } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Clock } from "#core/clock.ts";
import type { Store } from "#core/store.ts";
import type { Engine, Started } from "#engine/engine.ts";

interface AuditDeps {
  store: Pick<Store, "run"> & { accounts: Pick<Accounts, "audit"> };
  clock: Clock;
}

/** The engine for people and their programs: what they did with runs stands in the audit beside all else that they did. */
export const auditedEngine = (engine: Engine, { store, clock }: AuditDeps): Engine<Actor> => {
  const audit = async (runId: string, by: Actor, did: string): Promise<void> => {
    const at = await store.run(runId);
    const target = at === null ? runId : `${at.run.title}: ${at.run.subject}`;
    await store.accounts.audit({ at: clock.now(), by, did, target });
  };
  const stepOf = async (runId: string, stepId: string): Promise<string> =>
    (await store.run(runId))?.steps.find((step) => step.id === stepId)?.title ?? stepId;
  const begun = async (started: Started, by: Actor, did: string) => {
    if (started.again !== true) await audit(started.runId, by, did);
    return started;
  };
  return {
    ...engine,
    get workflows() {
      return engine.workflows;
    },
    start: async (workflowId, values, by, how) =>
      begun(
        await engine.start(workflowId, values, by.name, { ...how, starter: by.personId }),
        by,
        "started a run",
      ),
    clone: async (runId, by, how) =>
      begun(await engine.clone(runId, by.name, { ...how, starter: by.personId }), by, "ran again"),
    startOver: async (runId, by, how) =>
      begun(
        await engine.startOver(runId, by.name, { ...how, starter: by.personId }),
        by,
        "cancelled and started over",
      ),
    modify: async (runId, values, by) => {
      await engine.modify(runId, values, by.name, by.personId);
      await audit(runId, by, "changed the input of a run");
    },
    pause: async (runId, by) => {
      await engine.pause(runId, by.name);
      await audit(runId, by, "paused a run");
    },
    resume: async (runId, by) => {
      await engine.resume(runId, by.name);
      await audit(runId, by, "resumed a run");
    },
    cancel: async (runId, by) => {
      await engine.cancel(runId, by.name);
      await audit(runId, by, "cancelled a run");
    },
    retry: async (runId, by, what) => {
      await engine.retry(runId, by.name, what);
      await audit(
        runId,
        by,
        what?.code === undefined ? "tried a run again" : "tried a run again with its file as it is now",
      );
    },
    rewind: async (runId, stepId, by) => {
      await engine.rewind(runId, stepId, by.name);
      await audit(runId, by, `went back to “${await stepOf(runId, stepId)}”`);
    },
    undo: async (runId, by) => {
      await engine.undo(runId, by.name);
      await audit(runId, by, "undid what a run made");
    },
    remove: async (runIds, by, what) => {
      const removals = await engine.remove(runIds, by.name, what);
      for (const { run, exports, refused } of removals) {
        if (refused !== null || run === null) continue;
        const files = exports === 0 ? "" : `, with ${exports} ${exports === 1 ? "export" : "exports"}`;
        const target = `${run.title} #${run.number}: ${run.subject}${files}`;
        await store.accounts.audit({ at: clock.now(), by, did: "deleted a run", target });
      }
      return removals;
    },
    finalize: async (runId, by) => {
      await engine.finalize(runId, by.name);
      await audit(runId, by, "finalized a run");
    },
    unlock: async (runId, by) => {
      await engine.unlock(runId, by.name);
      await audit(runId, by, "unlocked a run");
    },
    skipItem: async (runId, stepId, key, by) => {
      await engine.skipItem(runId, stepId, key, by.name);
      await audit(runId, by, `went on without “${key}” of “${await stepOf(runId, stepId)}”`);
    },
    retryItems: async (runId, stepId, by) => {
      await engine.retryItems(runId, stepId, by.name);
      await audit(runId, by, `tried again what failed of “${await stepOf(runId, stepId)}”`);
    },
    skip: async (runId, stepId, by) => {
      await engine.skip(runId, stepId, by.name);
      await audit(runId, by, `skipped “${await stepOf(runId, stepId)}”`);
    },
    answer: async (runId, stepId, values, by, how) => {
      await engine.answer(runId, stepId, values, by.name, how);
      await audit(runId, by, `answered “${await stepOf(runId, stepId)}”`);
    },
  };
};
