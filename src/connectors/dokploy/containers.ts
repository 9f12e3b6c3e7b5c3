/** A container of a service, as the swarm tells of it. */
export interface Task {
  id: string;
  /** The first word of Docker's own: "running", "starting", "failed", "shutdown", … in lower case. */
  is: string;
  /** Since when, as far as Docker's rounded words tell. */
  forMs: number;
  /** Docker's reason for its end; empty when there is none. */
  error: string;
}

/** A container of a compose service, as Docker tells of it. */
export interface Container {
  id: string;
  /** "demo-abc123-web-1": project, service and number, unless the file gives another. */
  name: string;
  /** "running", "restarting", "exited", "created", "paused" or "dead". */
  state: string;
  /** "Up 10 seconds (healthy)", "Exited (1) 3 seconds ago" */
  status: string;
  /** So long it has been that, as far as Docker's rounded words tell. */
  forMs: number;
}
