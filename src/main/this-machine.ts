/** The connection that Milepost offers to those who have no account anywhere. */
export const thisMachine = { id: "this-machine", kind: "botify", name: "This machine" } as const;
