/** A path as it may stand in a log: that of a shared run has its secret in it. */
export const loggedPath = (path: string): string => path.replace(/^\/shared\/[^/]+/, "/shared/…");
