/** A workflow that is not offered, because its file could not be used. */
export interface RefusedWorkflow {
  /** The folder that it lies in: "nightly-report". */
  name: string;
  /** Why, for its author to read. */
  sentence: string;
}
