/** What a command ends with. `json` is printed on stdout, `text` as well, `note` on stderr. */
export interface Answer {
  code: number;
  json?: unknown;
  text?: string;
  note?: string;
}

export const ok = (json: unknown): Answer => ({ code: 0, json });
export const say = (text: string): Answer => ({ code: 0, text });

/** The command cannot go on: becomes OpenClaw's failure envelope on stdout with --json, and its message on stderr. */
export class Refusal extends Error {
  readonly code: number;
  readonly type: string;
  /** Further fields of the envelope. */
  readonly more: object;

  constructor(message: string, { code = 1, type = "cli_error", more = {} } = {}) {
    super(message);
    this.code = code;
    this.type = type;
    this.more = more;
  }
}

export const refusalAnswer = (refusal: Refusal, json: boolean): Answer => ({
  code: refusal.code,
  note: refusal.message,
  ...(json
    ? { json: { ok: false, error: { type: refusal.type, message: refusal.message }, ...refusal.more } }
    : {}),
});
