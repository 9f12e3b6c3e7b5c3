import { routes } from "#core/routes.ts";

/** The link of a one-time secret below where people reach the server. */
export const signInAddress = (address: string, secret: string): string =>
  new URL(routes.signIn.href({ token: secret }), address).href;
