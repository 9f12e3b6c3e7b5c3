import type { Connection } from "#core/connection.ts";
import type { RunSummary } from "#core/picture.ts";
import { isOver, type RunState } from "#core/states.ts";
import { evil, now } from "./steps.ts";

export const summary = (state: RunState, more: Partial<RunSummary> = {}): RunSummary => ({
  ended: null,
  behind: null,
  undoneAt: null,
  id: `run-${state}`,
  number: 12,
  workflowId: "botify-export",
  title: "Export URLs from Botify",
  may: { cancel: !isOver(state), clone: isOver(state), delete: isOver(state), answer: state === "asking" },
  asks: null,
  fileOf: state === "completed" ? "export-1" : null,
  subject: "botify-org / example.com · crawl of 1 March 2026",
  state,
  percentKnown: true,
  percent: state === "completed" ? 100 : 42,
  now: "Step 6 of 8: Botify prepares the file",
  askedAt: state === "asking" ? now - 50_000 : null,
  starter: "owner",
  createdAt: now - 205_000,
  startedAt: state === "queued" ? null : now - 201_000,
  endedAt: ["completed", "failed", "cancelled", "undone"].includes(state) ? now - 50_000 : null,
  changedAt: now - 800,
  error: state === "failed" ? "The gateway did not start: port 18789 is in use by another program." : null,
  ...more,
});

export const connections: readonly Connection[] = [
  {
    id: "c0",
    kind: "botify",
    name: "This machine",
    values: { url: "http://127.0.0.1:41234" },
    builtIn: true,
    createdAt: now - 9e7,
    lastTest: {
      ok: true,
      sentence: "Signed in as you.",
      latencyMs: 12,
      facts: [{ label: "Projects", value: "1" }],
      at: now - 60_000,
    },
  },
  {
    id: "c1",
    kind: "botify",
    name: evil,
    values: { url: "https://api.botify.com" },
    builtIn: false,
    createdAt: now - 9e7,
    lastTest: {
      ok: false,
      sentence: "The token was refused (401). Copy it again from app.botify.com/account.",
      latencyMs: 310,
      facts: [],
      at: now - 3_600_000,
    },
  },
  {
    id: "c2",
    kind: "ssh",
    name: "node1",
    values: { host: "node1.lan", user: "deploy" },
    builtIn: false,
    createdAt: now - 9e7,
    lastTest: null,
  },
];
