/** The preset API token of every server that tests start. */
export const token = "a-token-for-automatic-tests-only";
