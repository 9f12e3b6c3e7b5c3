/** Stands in a plan for an id that Dokploy gives only when the thing is made. */
export const notYet = "(its id)";
