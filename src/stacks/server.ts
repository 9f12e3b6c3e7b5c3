import type { Connection } from "#core/connection.ts";

/** A Dokploy server as people and other runs know it. */
export interface ServerChoice {
  connectionId: string;
  connectionName: string;
  /** Its host, which two connections may share; its id where that is not known. Left out by runs of earlier versions. */
  dokploy?: string;
}

/** Of a chosen connection. Where the built-in one answers is another port at each start. */
export const serverOf = ({ id, name, values: { baseUrl = "" }, builtIn }: Connection): ServerChoice => ({
  connectionId: id,
  connectionName: name,
  dokploy: builtIn || !URL.canParse(baseUrl) ? id : new URL(baseUrl).host,
});

/** Only one run at a time may work on a stack: two would adopt each other's halves. */
export const stackLock = ({ dokploy, connectionId, name }: ServerChoice & { name: string }): string =>
  `stack:${dokploy ?? connectionId}/${name}`;
