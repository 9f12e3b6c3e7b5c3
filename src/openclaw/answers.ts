import { z } from "zod";

/** What OpenClaw's commands answer with --json (2026.3.13 to 2026.9.6); fields that we do not read may be anything. */
export const agentList = z.array(
  z.looseObject({
    id: z.string(),
    workspace: z.string().nullish(),
    identityName: z.string().nullish(),
    identityEmoji: z.string().nullish(),
    isDefault: z.boolean().nullish(),
  }),
);

export const agentAdded = z.looseObject({
  agentId: z.string(),
  bindings: z.looseObject({ conflicts: z.array(z.string()) }).optional(),
});

export const agentDeleted = z.looseObject({
  agentId: z.string(),
  failed: z.array(z.unknown()).default([]),
});

export const bindingChange = z.looseObject({
  added: z.array(z.string()).default([]),
  updated: z.array(z.string()).default([]),
  skipped: z.array(z.string()).default([]),
  conflicts: z.array(z.string()).default([]),
});

export const bindingList = z.array(
  z.looseObject({
    agentId: z.string(),
    match: z.looseObject({ channel: z.string().nullish(), accountId: z.string().nullish() }),
  }),
);

export const channelList = z.looseObject({
  chat: z.looseObject({
    telegram: z.looseObject({ accounts: z.array(z.string()) }).optional(),
  }),
});

export const configCheck = z.looseObject({ valid: z.literal(true), path: z.string().nullish() });

export const patchTried = z.looseObject({
  ok: z.boolean(),
  errors: z.array(z.looseObject({ message: z.string() })).default([]),
});

export const modelStatus = z.looseObject({
  resolvedDefault: z.string().nullish(),
  defaultModel: z.string().nullish(),
  auth: z.looseObject({ missingProvidersInUse: z.array(z.string()).default([]) }).optional(),
});

/** What `agent --json` says of one turn. */
export const turn = z.looseObject({
  status: z.string().nullish(),
  result: z
    .looseObject({ payloads: z.array(z.looseObject({ text: z.string().nullish() })).default([]) })
    .optional(),
});

/** People who wrote to an account and are not allowed yet. */
export const pairings = z.looseObject({
  requests: z
    .array(
      z.looseObject({
        id: z.union([z.string(), z.number()]).transform(String),
        code: z.string(),
        meta: z.looseObject({ username: z.string().nullish(), firstName: z.string().nullish() }).optional(),
      }),
    )
    .default([]),
});

export const authList = z.looseObject({ profiles: z.array(z.looseObject({ id: z.string() })) });

export const restarted = z.looseObject({ ok: z.boolean(), result: z.string().nullish() });

export const gatewayStatus = z.looseObject({
  port: z.looseObject({ listeners: z.array(z.looseObject({ pid: z.number() })).default([]) }),
});

const account = z.looseObject({
  accountId: z.string(),
  running: z.boolean().nullish(),
  connected: z.boolean().nullish(),
  configured: z.boolean().nullish(),
  lifecycle: z.string().nullish(),
  lastError: z.string().nullish(),
  /** Milliseconds since 1970, by the node's clock. */
  lastStartAt: z.number().nullish(),
  /** Asked of Telegram itself. */
  probe: z
    .looseObject({
      bot: z.looseObject({ id: z.number().nullish(), username: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type Account = z.infer<typeof account>;

export const channelStatus = z.looseObject({
  /** "starting" while the gateway is up and has no accounts yet. */
  status: z.string().nullish(),
  channelAccounts: z.looseObject({ telegram: z.array(account).default([]) }).optional(),
});

export const ready = z.looseObject({ ready: z.boolean(), uptimeMs: z.number().nullish() });

export const identity = z.looseObject({ name: z.string().nullish(), emoji: z.string().nullish() });

export const anything = z.unknown();
