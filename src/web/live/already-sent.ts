import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/**
 * What a route returns that writes to Node's response itself. A copy, always of the runtime's own kind: the library's constant is of the
 * library's kind where a server was started before it was loaded, and would then be sent, which ends what is being written.
 */
export const alreadySent = (): Response => RESPONSE_ALREADY_SENT.clone();

/** Whether a route has written its answer itself, so that nothing that is set on this one reaches anybody. */
export const isAlreadySent = ({ headers }: Response): boolean => headers.has(mark);

const [[mark = ""] = []] = RESPONSE_ALREADY_SENT.headers;
