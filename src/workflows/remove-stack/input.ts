export interface RemovalInput {
  connectionId: string;
  connectionName: string;
  /** Of the stack. */
  name: string;
}
