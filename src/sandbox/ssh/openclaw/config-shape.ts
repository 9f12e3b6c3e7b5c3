export interface Account {
  enabled?: boolean;
  botToken?: string;
  tokenFile?: string;
}
export interface Agent {
  id?: string;
  name?: string;
  workspace?: string;
  agentDir?: string;
  model?: string;
  identity?: { name?: string; emoji?: string; theme?: string; avatar?: string };
}
export interface Binding {
  /** Missing in those that OpenClaw writes by itself. */
  type?: "route";
  agentId: string;
  match: { channel: string; accountId: string };
}
export interface Owner {
  agentId: string;
}
/** The parts of openclaw.json that the stand-in works with; the rest is kept as it is. */
export interface Config {
  agents?: {
    defaults?: {
      workspace?: string;
      model?: string | { primary?: string };
      systemAgent?: Owner;
      heartbeat?: Owner;
    };
    ownership?: string;
    entries?: Record<string, Agent>;
    list?: Agent[];
  };
  plugins?: { entries?: Record<string, { enabled?: boolean }> };
  gateway?: { port?: number; auth?: { token?: string } };
  logging?: { file?: string };
  channels?: { telegram?: { enabled?: boolean; accounts?: Record<string, Account> } };
  bindings?: Binding[];
  talk?: Partial<Owner>;
  meta?: { lastTouchedVersion?: string };
}
