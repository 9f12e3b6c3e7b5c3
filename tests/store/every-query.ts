import type { Accounts, NewSession } from "#core/accounts.ts";
import type { CleaningTable } from "#core/cleaning.ts";
import { type ExportRegistry, exportStatuses } from "#core/exports.ts";
import { itemStates } from "#core/item.ts";
import type { ItemTable } from "#core/item-table.ts";
import type { KeptTable } from "#core/kept.ts";
import {
  type Channel,
  type DeliveryFilter,
  type NewDelivery,
  type NotifyTable,
  usualPreferences,
  usualWants,
} from "#core/notify.ts";
import type { Passkey } from "#core/passkey.ts";
import { ownerId, type ProviderAccount } from "#core/people.ts";
import type { Removal } from "#core/removal.ts";
import { keepsAll } from "#core/retention.ts";
import { everything } from "#core/rights.ts";
import type { ScriptTable } from "#core/saved-script.ts";
import type { ShareTable } from "#core/shares.ts";
import { runStates } from "#core/states.ts";
import type { AccessTable, ConnectionTable, RunFilter, Store } from "#core/store.ts";
import type { TriggerTable } from "#core/trigger.ts";
import { savedScript } from "./contract-scripts.ts";
import { filledId } from "./fill.ts";
import { anExport, aTrigger, handClock, newRun, twoSteps } from "./samples.ts";

/** What asks everything that can be asked through one function; no function of the contract can be left out. */
type Asks<T> = {
  [K in keyof T as T[K] extends (...given: never[]) => unknown ? K : never]: () => Promise<unknown>;
};

let asked = 0;
const fresh = (): string => `fresh-${++asked}`;

/** Asks a store that holds so many past runs (`fillRuns`) everything, each filter of its lists with each other included. */
export const everyQuery = async (store: Store, runs: number): Promise<void> => {
  const clock = handClock();
  clock.pass(++asked);
  const known = filledId(runs - 7);
  const fenced = await newRun(store, clock, { lock: fresh() });
  const filters = combined<RunFilter>({
    search: ["needle", "nightly needle", "ed", "7"],
    states: [["failed"], runStates, ["asking", "completed"]],
    workflowId: ["flow-3"],
    hidden: [],
    since: [0],
    until: [Number.MAX_SAFE_INTEGER],
    after: [String(runs - 20)],
    limit: [20],
  });
  const hidden = ["flow-1", "flow-2"];
  filters.push(
    ...[
      {},
      { search: "needle" },
      { states: runStates },
      { after: String(runs - 20), workflowId: "flow-3" },
    ].map((filter) => ({ ...filter, hidden, limit: 20 })),
  );
  const ofRuns: Asks<Omit<Store, "close">> = {
    createRun: () => newRun(store, clock, { lock: fresh() }),
    change: () =>
      store.change(fenced, clock.now(), ({ run }) => ({
        run: { state: "running", subject: `${run.subject}.` },
        steps: twoSteps.map(({ id }) => ({ id, patch: { detail: "looked" } })),
        events: [{ type: "run.unlocked", by: "Ada" }],
        logs: [{ stepId: "fetch", attempt: 1, level: "info", text: "line" }],
        estimates: [{ tenth: 0, at: 1, spentMs: 1, p10Ms: 1, p50Ms: 1, p90Ms: 1, runs: 1 }],
      })),
    claim: async () => {
      await store.claim("one", clock.now(), 1);
      clock.pass(10);
      await store.claim("other", clock.now(), 1_000);
    },
    beat: () => store.beat(fenced, 1, clock.now() + 5),
    release: () => store.release(fenced, 1),
    releaseAll: () => store.releaseAll(),
    wakeAhead: () => store.wakeAhead(clock.now(), clock.now() + 1_000),
    nextWake: () => store.nextWake(),
    run: () => store.run(known),
    seen: () => store.seen(known),
    version: () => store.version(known),
    codeUse: () => store.codeUse("0123"),
    startedBy: () => store.startedBy("Ada", "once"),
    runNumbered: () => store.runNumbered("flow-3", runs - 4),
    runs: async () => {
      for (const filter of filters) await store.runs(filter);
    },
    atWork: () => store.atWork({ starter: ownerId, by: "Ada" }, 20),
    countRuns: () => store.countRuns(),
    underWaySince: () => store.underWaySince(Number.MAX_SAFE_INTEGER),
    overSince: () => store.overSince({ id: "", changedAt: runs - 20 }, 20),
    line: () => store.line("nobody's"),
    lockHolder: () => store.lockHolder("nobody's"),
    events: () => store.events(fenced, 0, 20),
    asRecorded: () => store.asRecorded([{ id: fenced, from: 1 }]),
    history: () => store.history(known, 20),
    logs: async () => {
      await store.logs(fenced, { after: null, limit: 20 });
      await store.logs(fenced, { after: 0, limit: 20, stepId: "fetch" });
    },
    past: () => store.past("flow-3", 20),
    estimates: () => store.estimates("flow-3", 20),
    told: () => store.told(known),
    healthy: () => store.healthy(),
    space: () => store.space(),
    giveBack: () => store.giveBack(),
  };
  for (const ask of Object.values(ofRemoval(store, filledId(runs - 100)))) await ask();
  for (const ask of Object.values(ofCleanings(store.cleanings))) await ask();
  for (const ask of Object.values(ofRuns)) await ask();
  for (const ask of Object.values(ofExports(store.exports, fenced, runs))) await ask();
  for (const ask of Object.values(ofConnections(store.connections))) await ask();
  for (const ask of Object.values(ofKept(store.kept))) await ask();
  for (const ask of Object.values(ofScripts(store.scripts))) await ask();
  await freeze(store, fenced, clock.now());
  for (const ask of Object.values(ofItems(store.items, fenced))) await ask();
  for (const ask of Object.values(ofShares(store.shares))) await ask();
  for (const ask of Object.values(ofTriggers(store.triggers))) await ask();
  for (const ask of Object.values(ofNotify(store.notify))) await ask();
  for (const ask of Object.values(ofAccess(store.access))) await ask();
  for (const ask of Object.values(ofAccounts(store.accounts))) await ask();
};

/** Each choice of values with each other, every one but `limit` also left out. */
const combined = <T extends { limit: number }>(choices: { [K in keyof T]-?: readonly T[K][] }): T[] =>
  Object.entries<readonly unknown[]>(choices).reduce<object[]>(
    (made, [name, values]) =>
      made.flatMap((one) => [
        ...(name === "limit" ? [] : [one]),
        ...values.map((value) => ({ ...one, [name]: value })),
      ]),
    [{}],
  ) as T[];

const ofShares = (shares: ShareTable): Asks<ShareTable> => {
  const share = { id: fresh(), runId: "run", madeBy: "Ada", personId: "owner", createdAt: 1, expiresAt: 9 };
  return {
    add: () => shares.add({ ...share, openedAt: null, files: false }, fresh()),
    bySecret: () => shares.bySecret("none", 1),
    opened: () => shares.opened(share.id, 2),
    list: async () => {
      await shares.list(null, 1);
      await shares.list("run", 1);
    },
    remove: () => shares.remove(share.id),
  };
};

const ofTriggers = (triggers: TriggerTable): Asks<TriggerTable> => {
  const id = fresh();
  const firing = { triggerId: id, at: 1, because: null, dueAt: 1, afterRunId: null, body: null, asked: "" };
  return {
    add: () => triggers.add({ ...aTrigger(id), name: id }),
    list: () => triggers.list(),
    get: () => triggers.get(id),
    record: () => triggers.record({ ...firing, key: "1", became: "queued" }),
    firing: () => triggers.firing(id, "1"),
    queued: () => triggers.queued(20),
    outcomes: () => triggers.outcomes(id, 20),
    underWay: () => triggers.underWay(id),
    firings: async () => {
      await triggers.firings(id, null, 20);
      await triggers.firings(id, 9, 20);
    },
    change: async () => {
      const made = [{ ...firing, key: "2", became: "missed" }] as const;
      await triggers.change(id, 0, { name: fresh(), paused: { at: 1, because: "No." } }, made);
    },
    remove: () => triggers.remove(id),
  };
};

const ofNotify = (notify: NotifyTable): Asks<NotifyTable> => {
  const id = fresh();
  const channel: Channel = {
    ...{ id, personId: id, kind: "echo", name: id, connectionId: null, account: id, values: {}, sealed: "" },
    ...{ wants: usualWants, state: "on", because: null, createdAt: 1, changedAt: 1, lastTest: null },
  };
  const delivery: NewDelivery = {
    ...{ id: `0${id}`, key: id, runId: id, n: 1, stepId: null, asked: null, personId: id, channelId: id },
    ...{ kind: "live", nextAt: 1, because: null, createdAt: 1 },
  };
  return {
    putChannel: () => notify.putChannel(channel),
    channels: () => notify.channels(),
    channel: () => notify.channel(id),
    putPreferences: () => notify.putPreferences(id, usualPreferences),
    preferences: () => notify.preferences(id),
    putBell: () => notify.putBell(id, id, true),
    bells: () => notify.bells(id),
    putPushKeys: () => notify.putPushKeys(id),
    pushKeys: () => notify.pushKeys(),
    notices: () => notify.notices(20),
    spread: () => notify.spread([{ runId: id, n: 1 }], [delivery], [{ id: delivery.id, nextAt: 2 }]),
    due: async () => {
      await notify.due(9, [], 20);
      await notify.due(9, [id, "other"], 20);
    },
    nextDue: async () => {
      await notify.nextDue([]);
      await notify.nextDue([id]);
    },
    changeDelivery: () => notify.changeDelivery(delivery.id, "waiting", { state: "sent", remote: "1" }),
    hold: () => notify.hold(delivery.id, "", delivery),
    held: () => notify.held(id, "", 20),
    delivery: () => notify.delivery(delivery.id),
    deliveryShown: () => notify.deliveryShown(id, "1"),
    deliveriesOf: () => notify.deliveriesOf(id),
    onTheirWay: () => notify.onTheirWay(20),
    following: () => notify.following(20),
    deliveries: async () => {
      for (const filter of combined<DeliveryFilter>({
        personId: [id],
        state: ["failed"],
        before: ["f"],
        limit: [20],
      }))
        for (const personId of [filter.personId ?? null, null])
          await notify.deliveries({ ...filter, personId });
    },
    forgetDeliveries: () => notify.forgetDeliveries("1", 20),
    removeChannel: () => notify.removeChannel(id),
  };
};

const ofAccess = (access: AccessTable): Asks<AccessTable> => ({
  all: () => access.all(),
  put: async () => {
    await access.put("workflow", "flow-3", { see: { roles: ["operator"], people: [] } });
    await access.put("workflow", "flow-3", null);
  },
});

const ofExports = (exports: ExportRegistry, runId: string, many: number): Asks<ExportRegistry> => {
  const reserve = async () => (await exports.reserve(anExport({ queryHash: fresh() }), runId, null)).row.id;
  return {
    reserve: async () => {
      const want = anExport({ queryHash: fresh() });
      await exports.reserve(want, runId, null);
      await exports.reserve(want, runId, Number.MAX_SAFE_INTEGER);
    },
    get: () => exports.get(`export-${many}`),
    current: () => exports.current("c1", "hash"),
    update: async () => {
      const id = await reserve();
      await exports.update(id, runId, { status: "failed" });
      await exports.update(id, runId, { status: "ready", fileName: "urls.csv" });
    },
    owner: () => exports.owner(`export-${many}`),
    takeOver: async () => exports.takeOver(await reserve(), runId, fresh()),
    markDeleted: async () => exports.markDeleted(await reserve()),
    list: async () => {
      const status = exportStatuses.filter((one) => one === "ready" || one === "failed");
      const search = ["Export", "xp", "7"];
      for (const filter of combined<Parameters<ExportRegistry["list"]>[0]>({
        search,
        status,
        hidden: [["flow-1"]],
        after: [String(many - 20)],
        limit: [20],
      }))
        await exports.list(filter);
    },
    saved: () => exports.saved({ connectionId: "c1", org: "acme", project: "project" }, ["analysis", "none"]),
  };
};

const ofKept = (kept: KeptTable): Asks<KeptTable> => {
  const id = fresh();
  const what = { kind: "workflow" } as const;
  return {
    put: () => kept.put({ id, of: "flow-3", name: "one", what, keptAt: 1, keptBy: "Ada" }),
    list: () => kept.list(),
    get: () => kept.get(id),
    remove: () => kept.remove(id),
  };
};

const ofScripts = (scripts: ScriptTable): Asks<ScriptTable> => {
  const id = `script-${fresh()}`;
  return {
    save: () => scripts.save({ ...savedScript, id }),
    offered: () => scripts.offered(),
    versions: () => scripts.versions(id),
    version: () => scripts.version(id, 1),
    remove: () => scripts.remove(id),
  };
};

/** A list, of which one is begun again and one moved. */
const freeze = async (store: Store, runId: string, at: number): Promise<void> => {
  const frozen = ["a", "b"].map((key) => ({ key, title: key, input: null, wave: 0 }));
  const moved = [{ position: 0, to: "failed" }] as const;
  await store.change(runId, at, () => ({ items: { stepId: "fetch", frozen, moved }, events: [] }));
  await store.change(runId, at, () => ({ items: { stepId: "fetch", again: true }, events: [] }));
};

const ofItems = (items: ItemTable, runId: string): Asks<ItemTable> => ({
  counts: () => items.counts(runId, "fetch"),
  of: async () => {
    await items.of(runId, "fetch", { states: itemStates, limit: 20 });
    await items.of(runId, "fetch", { states: ["pending"], limit: 20, last: true });
  },
  find: () => items.find(runId, "fetch", "a"),
  childrenOf: () => items.childrenOf(runId, 20),
});

const ofRemoval = ({ removal }: Store, over: string): Asks<Removal> => ({
  trim: async () => {
    await removal.trim(over, { at: 1, what: "log", days: 30, cleaning: null }, 0);
    await removal.trim(over, { at: 1, what: "all", days: null, cleaning: null }, 0);
  },
  workflows: () => removal.workflows(),
  over: async () => {
    for (const withLog of [true, false])
      await removal.over({ workflowId: "flow-3", after: 100, below: 1_000, withLog }, 20);
  },
  placeAt: () => removal.placeAt(500),
  placeOfNewest: () => removal.placeOfNewest("flow-3", 20),
  exportsOf: () => removal.exportsOf([over]),
  weigh: () => removal.weigh(over),
  exportFiles: () => removal.exportFiles(20, 20),
  remove: () => removal.remove(over, { exports: true, cleaning: null }, () => {}).catch(() => null),
});

const ofCleanings = (cleanings: CleaningTable): Asks<CleaningTable> => {
  const said = { hour: 3, usual: keepsAll, workflows: {}, saidAt: 1 };
  return {
    retention: () => cleanings.retention(),
    retain: () => cleanings.retain(() => said),
    begin: () => cleanings.begin(1, "Ada"),
    change: () => cleanings.change(1, { files: 1 }),
    underWay: () => cleanings.underWay(),
    list: () => cleanings.list(20),
  };
};

const ofConnections = (connections: ConnectionTable): Asks<ConnectionTable> => {
  const id = fresh();
  return {
    put: () =>
      connections.put({
        id,
        kind: "echo",
        name: id,
        values: {},
        sealed: "",
        builtIn: false,
        createdAt: 1,
        lastTest: null,
      }),
    list: async () => {
      await connections.list();
      await connections.list("echo");
    },
    get: () => connections.get(id),
    setTest: () =>
      connections.setTest(id, { ok: true, sentence: "Signed in.", latencyMs: 1, facts: [], at: 1 }),
    remove: () => connections.remove(id),
  };
};

const ofAccounts = (accounts: Accounts): Asks<Accounts> => {
  const [link, secret, token] = [fresh(), fresh(), fresh()];
  const session: NewSession = {
    id: fresh(),
    personId: "owner",
    userName: "Ada",
    tokenId: token,
    passkeyId: null,
    idToken: null,
    device: "Firefox on Linux",
    place: "127.0.0.1",
    createdAt: 1,
    lastSeenAt: 1,
    expiresAt: 9,
  };
  const person = fresh();
  const passkey: Passkey = {
    id: fresh(),
    personId: person,
    name: "phone",
    host: "localhost",
    handle: "",
    publicKey: "",
    counter: 0,
    transports: [],
    createdAt: 1,
    lastUsedAt: null,
  };
  const account: ProviderAccount = {
    issuer: "https://login.example",
    subject: fresh(),
    personId: person,
    cameBy: "group",
  };
  return {
    addPerson: () =>
      accounts.addPerson({
        id: person,
        name: person,
        email: person,
        role: "viewer",
        roleBefore: null,
        createdAt: 1,
        joinedAt: null,
      }),
    people: () => accounts.people(),
    addPasskey: () => accounts.addPasskey(passkey),
    passkeys: async () => {
      await accounts.passkeys(null);
      await accounts.passkeys(person);
    },
    passkey: () => accounts.passkey(passkey.id),
    hasPasskeys: () => accounts.hasPasskeys("localhost"),
    usePasskey: () => accounts.usePasskey(passkey.id, 1, 2),
    removePasskey: () => accounts.removePasskey(passkey.id),
    spend: () => accounts.spend(fresh(), 9, 1),
    putProviderAccount: () => accounts.putProviderAccount(account, 2),
    hasProviderAccount: () => accounts.hasProviderAccount(person),
    providerAccount: () => accounts.providerAccount(account.issuer, account.subject),
    changePerson: () => accounts.changePerson(person, { name: `${person} Lovelace`, role: "operator" }),
    removePerson: () => accounts.removePerson(person, 2),
    addSignInLink: () => accounts.addSignInLink(link, "owner", 9),
    useSignInLink: () => accounts.useSignInLink(link, 1),
    addToken: () =>
      accounts.addToken(
        {
          id: token,
          name: token,
          personId: "owner",
          scope: everything,
          expiresAt: null,
          madeBy: "Ada",
          madeByToken: null,
          createdAt: 1,
          lastUsedAt: null,
        },
        token,
      ),
    token: () => accounts.token(token, 100_000),
    tokens: () => accounts.tokens(),
    addSession: () => accounts.addSession(session, secret),
    session: () => accounts.session(secret, 1),
    touchSession: () => accounts.touchSession(session.id, 2, 10),
    handOver: () => accounts.handOver({ sessionId: session.id, runId: "r", exportId: "export" }, 1),
    wasHandedOver: () => accounts.wasHandedOver({ sessionId: session.id, runId: "r", exportId: "export" }),
    sessions: () => accounts.sessions(1),
    endSession: () => accounts.endSession(session.id),
    endSessions: () => accounts.endSessions("another", null),
    renewToken: async () => {
      await accounts.renewToken(token, "no", { secretHash: `${token}2`, expiresAt: 9 });
    },
    removeToken: () => accounts.removeToken(token),
    endPresetSessions: () => accounts.endPresetSessions("preset-one"),
    audit: () =>
      accounts.audit({ at: 1, by: { kind: "unknown", id: null, name: "Ada" }, did: "looked", target: "all" }),
    audits: () => accounts.audits(20),
    auditsAfter: () => accounts.auditsAfter(1, 20),
  };
};
