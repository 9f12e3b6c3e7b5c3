import type { ErrorCode } from "./api-error.ts";

/** What happens to a call instead of, or besides, its ordinary answer; `times` calls long, or until it is taken away. */
export type CallFault = { times?: number } & (
  | { refuse: ErrorCode; message?: string }
  /** The call has its effect, and 200 with an empty body is the answer. */
  | { answer: "empty" }
  /** No effect and no answer, until the client or the server closes the connection. */
  | { answer: "never" }
  /** The connection is cut: before the call has an effect, or after it, so that its answer is lost. */
  | { cut: "before" | "after" }
  /** As a server that is too old to know the call. */
  | { unknown: true }
  /** The call has its effect at once; the answer comes so much later. */
  | { slowMs: number }
);

/** What a test can make the server do, each as real servers were seen to do it. */
export interface Faults {
  /** By call, "project.create" for example; of several, the first is used up before the next begins. */
  calls: Record<string, CallFault[]>;
  /** How long an image takes to be pulled. */
  pullMs: number;
  /** A deployment waits in the queue for at least so long before its turn. */
  queueBusyMs: number;
  /** Every deployment ends as "error", with this line in its log. */
  failDeployments: string | null;
  /** Between the start of `milepost/slow-start` and its first answer. */
  slowStartMs: number;
  /** Between the end of a container and its next start. */
  restartMs: number;
  /** So long after an update a container that ends makes the swarm go back to the former one. */
  monitorMs: number;
  /** Whose key it is, when that is not the server's owner. */
  member: Member | null;
  /** What the server's name server knows: addresses by host. */
  dns: Record<string, string>;
}

export interface Member {
  /** "member", or the name of a role that somebody made. */
  role: string;
  /** What they may do, by Dokploy's names: "service.create". */
  may: readonly string[];
}

/** Nothing goes wrong, and a deployment takes a few seconds, so that a person can watch it. */
export const noFaults = (): Faults => ({
  calls: {},
  pullMs: 4_000,
  queueBusyMs: 400,
  failDeployments: null,
  slowStartMs: 8_000,
  restartMs: 5_000,
  monitorMs: 5_000,
  member: null,
  dns: {},
});

/** The fault that the next call meets, counted as met; null for none. */
export const takeFault = (faults: Faults, call: string): CallFault | null => {
  const planned = faults.calls[call];
  const fault = planned?.[0];
  if (planned === undefined || fault === undefined) return null;
  if (fault.times === undefined) return fault;
  fault.times -= 1;
  if (fault.times <= 0) planned.shift();
  return fault;
};
