import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { AnotherDevicePage } from "#views/another-device.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { addressHere } from "#web/own-address.ts";
import { pageProps } from "#web/page-props.ts";

/** Long enough to fetch a phone, too short for a link that lies about. */
export const deviceLinkMs = 10 * 60_000;

type DeviceDeps = Pick<WebDeps, "signIn" | "publicUrls" | "staticFiles" | "store" | "clock">;

/** A sign-in link for whoever is signed in already, to be opened or photographed by another device of theirs. */
export const anotherDevicePages = (deps: DeviceDeps) =>
  new Hono<WebEnv>().post(routes.anotherDevice.pattern, async (c) => {
    const { by, person } = c.get("identity");
    // What came in by a token ends with the token, and a link of its own would not.
    if (by.kind !== "person")
      throw new AppError(
        "not-allowed-now",
        "You signed in with a token, which makes no links. On the other device sign in with a token of its own, from Settings.",
      );
    const secret = await deps.signIn.newLink(deviceLinkMs, person.id);
    const did = { did: "made a sign-in link", target: "another device" };
    await deps.store.accounts.audit({ at: deps.clock.now(), by, ...did });
    const link = addressHere(c, deps, routes.signIn.href({ token: secret }));
    const { default: encodeQR } = await import("qr");
    return c.html(
      <AnotherDevicePage
        {...pageProps(c, deps)}
        link={link.href}
        picture={encodeQR(link.href, "svg", { ecc: "medium" })}
        isOnlyHere={/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(link.hostname)}
      />,
    );
  });
