/** A Telegram account as the running gateway of a node has it. */
export interface BotAccount {
  id: string;
  /** Without the @; null while Telegram has not told. */
  username: string | null;
  isConnected: boolean;
  /** In the gateway's own word: "ready", "starting", "blocked"; null where it runs none of this name. */
  state: string | null;
  /** Why it does not work, as the gateway says; null: it says nothing. */
  error: string | null;
}

/** A bot of a node, whoever made it. */
export interface NodeBot {
  id: string;
  name: string;
  emoji: string | null;
  /** "provider/model", or that it is the node's default. */
  model: string;
  /** The agent that answers where no other does. */
  isDefault: boolean;
  accounts: readonly BotAccount[];
}

/** What was seen of a node at one time. */
export interface NodeSeen {
  /** "2026.9.6" */
  version: string;
  /** Since its start; null: the gateway does not answer, so nothing is known of accounts. */
  gatewayUpMs: number | null;
  bots: readonly NodeBot[];
  /** Accounts that belong to no bot. */
  loose: readonly BotAccount[];
}

/** The newest look at a node, times in milliseconds since 1970. */
export interface BotLook {
  /** Since when it is being looked at; null: nobody looks. */
  since: number | null;
  seen: (NodeSeen & { at: number }) | null;
  /** Why the last look came to nothing, when that was after `seen`. */
  failed: { sentence: string; at: number } | null;
}

/** Looks at the bots of nodes. A look takes seconds, on a small machine a minute, so it is begun and its result asked for later. */
export interface BotLooks {
  of(connectionId: string): BotLook;
  /** Begins one unless one is under way. */
  look(connectionId: string): void;
}
