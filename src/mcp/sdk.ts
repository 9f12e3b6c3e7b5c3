/** The SDK as it is loaded at the first call: 7 MB that nobody needs who has no agents. */
export type Sdk = typeof import("@modelcontextprotocol/server");

let loaded: Promise<Sdk> | undefined;

export const loadSdk = (): Promise<Sdk> => {
  loaded ??= import("@modelcontextprotocol/server");
  return loaded;
};
