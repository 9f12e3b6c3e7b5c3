import type { Channels } from "./channels.ts";
import type { ShownKey } from "./host-key.ts";

/** A signed-in connection. `isLost` turns true, and `onLost` is called once, when its socket ends for whatever reason. */
export interface Session {
  client: Channels;
  hostKey: ShownKey;
  /** From the first packet to being signed in. */
  signInMs: number;
  isLost(): boolean;
  onLost(call: () => void): void;
  /** Says good-bye; resolves when the socket is closed. */
  end(): Promise<void>;
  /** Breaks it off: the peer does not keep to SSH. */
  drop(): void;
}
