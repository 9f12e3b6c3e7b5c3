/** One value that a person gives when adding a connection. */
export interface ConnectionField {
  name: string;
  label: string;
  help?: string;
  placeholder?: string;
  /** Filled in when the form is opened empty. */
  preset?: string;
  required: boolean;
  /** Sealed at rest and never shown again. */
  secret: boolean;
  /** A secret of this side, which the other one is to be given: where somebody adds it, it can be read. */
  given?: true;
  multiline?: boolean;
  /** One of these. */
  options?: readonly { value: string; label: string }[];
  /** False for what may change without its secrets going to another place: they need not be given again. */
  leads?: false;
}

/** All values of a connection by field name, the secret ones opened. */
export type ConnectionValues = Readonly<Record<string, string>>;

/** What "Test connection" found out, for a person to read. */
export interface ConnectionReport {
  ok: boolean;
  /** One sentence: "Signed in as jane.doe." or what is wrong and what to do. */
  sentence: string;
  latencyMs: number;
  facts: { label: string; value: string }[];
  /** A value that was missing and that the test found: a person who knows it to be right lets it be kept by one press. */
  offer?: { field: string; value: string; press: string };
}

/** A kind of remote system that people can add: what it asks for and how it is tested. Each connector offers one. */
export interface ConnectionKind {
  kind: string;
  title: string;
  /** One sentence that says what it is for. */
  about: string;
  fields: readonly ConnectionField[];
  /** Checks and tidies the values; throws AppError("bad-input", …, { field }). */
  check(values: ConnectionValues): ConnectionValues;
  /** Talks to the system, reads only, changes nothing. Never throws for what a person can mend: that is a report with `ok: false`. */
  test(values: ConnectionValues, signal: AbortSignal): Promise<ConnectionReport>;
}

/** A stored connection as everybody may see it: no secrets. */
export interface Connection {
  id: string;
  kind: string;
  name: string;
  /** The values that are not secret. */
  values: ConnectionValues;
  /** True for the sandbox that Milepost itself runs. */
  builtIn: boolean;
  createdAt: number;
  lastTest: (ConnectionReport & { at: number }) | null;
}

/** Opens a connection with its secrets, for the steps of a workflow. Throws AppError("not-found") when it was removed. */
export interface Connections {
  list(kind: string): Promise<Connection[]>;
  open(id: string): Promise<{ connection: Connection; values: ConnectionValues }>;
}
