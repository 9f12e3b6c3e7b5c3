import type { NodeSeen } from "#core/bots.ts";

/** A node with a bot that works, one that Telegram refuses, the agent that came with it, and an account of nobody. */
export const nodeSeen: NodeSeen = {
  version: "2026.9.6",
  gatewayUpMs: 3_600_000,
  bots: [
    { id: "main", name: "main", emoji: null, model: "the node's default", isDefault: true, accounts: [] },
    {
      ...{ id: "mybot", name: "My Bot", emoji: "🦞", model: "anthropic/claude-opus-4-6", isDefault: false },
      accounts: [{ id: "mybot", username: "my_bot", isConnected: true, state: "ready", error: null }],
    },
    {
      ...{ id: "old", name: "old", emoji: null, model: "openai/gpt-6-astra", isDefault: false },
      accounts: [
        {
          ...{ id: "old", username: null, isConnected: false, state: "blocked" },
          error: 'Telegram bot token unauthorized for account "old" (getMe returned 401 from Telegram).',
        },
      ],
    },
  ],
  loose: [{ id: "spare", username: null, isConnected: false, state: null, error: null }],
};
