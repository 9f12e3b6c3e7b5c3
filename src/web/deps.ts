import type { BlockList } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { Apart } from "#apps/apart.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { Assets } from "#apps/runtime/assets.ts";
import type { ConnectionBook } from "#connections/book.ts";
import type { Identity } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { AuthoredWorkflows } from "#core/authored.ts";
import type { BotLooks } from "#core/bots.ts";
import type { Clock } from "#core/clock.ts";
import type { Errands } from "#core/errand.ts";
import type { Files, LongLines } from "#core/files.ts";
import type { Log } from "#core/log.ts";
import type { Moments } from "#core/moments.ts";
import type { Nodes } from "#core/nodes.ts";
import type { RefusedWorkflow } from "#core/refused-workflow.ts";
import type { Release } from "#core/release.ts";
import type { SavedScripts } from "#core/saved-script.ts";
import type { Room, Storage } from "#core/storage.ts";
import type { Store } from "#core/store.ts";
import type { Engine } from "#engine/engine.ts";
import type { Messengers } from "#messengers/messengers.ts";
import type { Notify } from "#notify/notify.ts";
import type { AccessRules } from "#people/access.ts";
import type { AgentSignIn } from "#people/agent-sign-in.ts";
import type { AppEntry } from "#people/app-entry.ts";
import type { Endings } from "#people/endings.ts";
import type { Passkeys } from "#people/passkeys.ts";
import type { People } from "#people/people.ts";
import type { Shares } from "#people/shares.ts";
import type { SignIn } from "#people/sign-in.ts";
import type { SingleSignOn } from "#people/single-sign-on.ts";
import type { Tokens } from "#people/tokens.ts";
import type { Triggers } from "#triggers/triggers.ts";
import type { AppsOrigin } from "./apps-origin.ts";
import type { Beats } from "./live/beats.ts";
import type { LoopDelay } from "./loop-delay.ts";
import type { StaticFiles } from "./static-files.ts";

/** What changed with the versions of Milepost. */
export interface News {
  /** The one that runs: "0.2.0". */
  version: string;
  /** The one that a person (by id) knew until now; null once they looked at what changed. */
  since(person: string): string | null;
  /** The newest first. */
  releases(): Promise<readonly Release[]>;
  /** This person looked. */
  seen(person: string): Promise<void>;
}

/** Everything the web layer is handed; it reaches for nothing else. */
export interface WebDeps {
  /** It keeps in the audit what people do with runs. */
  engine: Engine<Actor>;
  store: Pick<
    Store,
    | "accounts"
    | "exports"
    | "removal"
    | "nextWake"
    | "told"
    | "kept"
    | "triggers"
    | "notify"
    | "chats"
    | "run"
    | "runs"
    | "underWaySince"
    | "codeUse"
    | "overSince"
    | "lockHolder"
    | "events"
    | "history"
    | "logs"
    | "healthy"
  >;
  connections: ConnectionBook;
  /** The bots of servers that have OpenClaw. */
  bots: BotLooks;
  signIn: SignIn;
  tokens: Tokens;
  agentSignIn: AgentSignIn;
  people: People;
  passkeys: Passkeys;
  /** Who may do what with which workflow and connection. */
  access: AccessRules;
  /** Null: nobody signs people in but Milepost. */
  singleSignOn: SingleSignOn | null;
  /** Links to single runs. */
  shares: Shares;
  endings: Endings;
  files: Files;
  longLines: Pick<LongLines, "read">;
  storage: Storage;
  /** Null: this process is the only one. */
  nodes: Nodes | null;
  /** By which they agree; null: this process is alone. */
  moments: Moments | null;
  /** Generated apps, and the style sheets and scripts that they share. */
  apps: AppRegistry;
  appAssets: Assets;
  /** Answers for apps that have much in them. */
  appsApart: Apart;
  /** How people get in at apps with a host name of their own. */
  appEntry: AppEntry;
  /** Null: generated apps lie below Milepost's own pages. */
  appsOrigin: AppsOrigin | null;
  /** Work on bytes that others sent. */
  errands: Errands;
  /** What starts runs by itself. */
  triggers: Triggers;
  /** What tells people, and takes their decisions from there. */
  notify: Notify;
  /** People who write to Milepost in Telegram and Slack. */
  messengers: Messengers;
  /** Workflows that are not offered, with the reason. */
  refusedWorkflows: readonly RefusedWorkflow[];
  /** People's own workflows. */
  authored: AuthoredWorkflows;
  /** Scripts that are saved under a name. */
  scripts: SavedScripts;
  staticFiles: StaticFiles;
  /** How long this process let people wait since the last call. */
  loopDelay(): LoopDelay;
  log: Log;
  clock: Clock;
  beats: Beats;
  newId(): string;
  news: News;
  /** Where people reach this server, the first one first: "https://example.org/milepost/"; none: where it listens. */
  publicUrls: readonly URL[];
  /** The proxies in front that say from where people come. */
  proxies: BlockList;
  /** Names other than localhost under which this server is reached; addresses in digits always work. */
  hostNames: readonly string[];
  /** The name of the cookie that keeps a session; of its own, because browsers share cookies among all servers of a host. */
  sessionCookie: string;
}

/** What Hono carries along a request. */
export interface WebEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Set by the sign-in guard on everything but the few public addresses. */
    identity: Identity;
    /** From where the request comes: "192.0.2.7". */
    place: string;
    /** What whoever runs this server should put right. */
    warning: string | null;
    /** The other origin to which a form on this page leads. */
    leadsTo?: string;
    /** A generated app answers. */
    ofApp?: boolean;
    /** How much room there is, where that is little. */
    low: Room | null;
    /** The names of their channels that reach nobody. */
    broken: readonly string[];
  };
}
