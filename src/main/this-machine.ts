/** The connection that Milepost offers to those who have no account anywhere. */
export const thisMachine = { id: "this-machine", kind: "botify", name: "This machine" } as const;

/** The same for those who have no Dokploy server. */
export const thisDokploy = { id: "this-dokploy", kind: "dokploy", name: "This machine" } as const;

/** The same for those who have no server with OpenClaw. */
export const thisNode = { id: "this-node", kind: "ssh", name: "This machine (sandbox)" } as const;
