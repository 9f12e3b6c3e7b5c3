/** Where something stands in a folder of workflows. */
export interface Place {
  /** "back-up.ts", "lib/names.ts". */
  file: string;
  /** From 1; null: not known. */
  line: number | null;
}

/** What is wrong with a workflow's file. */
export interface Fault extends Place {
  /** A whole sentence for its author. */
  sentence: string;
}

/** A version of a workflow's code: what it was when it was read. */
export interface CodeVersion {
  /** What its files were, in 20 signs. */
  code: string;
  /** When Milepost began to use it. Milliseconds since 1970. */
  since: number;
}

/** A file in the folder of workflows, usable or not. */
export interface AuthoredFile {
  /** "back-up.ts" */
  file: string;
  /** The workflow that it defines, as it was when it could last be used; null: it never could. */
  workflow: { id: string; title: string } | null;
  /** The version that new runs begin with; null: none can begin. */
  version: CodeVersion | null;
  /** Why the file as it is now is not used, and since when. */
  fault: (Fault & { since: number }) | null;
  /** What does not keep it from being used: type errors, a promise that nobody waited for. */
  warnings: readonly Fault[];
}

/** The folder of people's own workflows. */
export interface AuthoredWorkflows {
  /** Absolute; null where there is none to look at. */
  readonly folder: string;
  /** Whether it is being read for the first time since the server began. */
  isBeingRead(): boolean;
  /** Why nothing in it is read: whose it is, who may write to it. */
  fault(): { sentence: string; since: number } | null;
  files(): readonly AuthoredFile[];
  /** Earlier versions that runs may still name, newest first. */
  earlier(workflowId: string): readonly CodeVersion[];
  /** The text of a file in it. Throws AppError("not-found"). */
  source(file: string): Promise<string>;
}
