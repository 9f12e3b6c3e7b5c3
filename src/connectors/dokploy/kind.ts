import { isOwnNetwork } from "#connectors/http/zones.ts";
import type {
  ConnectionField,
  ConnectionKind,
  ConnectionReport,
  ConnectionValues,
} from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { plural } from "#core/plural.ts";
import { createDokploy } from "./client.ts";
import { readDefaults } from "./defaults.ts";
import { lacks } from "./key-owner.ts";
import { preflight } from "./preflight.ts";
import { toMake, toRemove } from "./rights.ts";

/** What whoever runs the server set for new connections; null: nothing. */
export interface StackPresets {
  image: string | null;
  domainSuffix: string | null;
}

/** A Dokploy server and how stacks are made there unless a run says otherwise. */
export const createDokployKind = ({ image, domainSuffix }: StackPresets): ConnectionKind => ({
  kind: "dokploy",
  title: "Dokploy",
  about: "Deploys stacks to a Dokploy server: a project, an application and its domain.",
  fields: [
    {
      name: "baseUrl",
      label: "Address",
      help: "As you open Dokploy in the browser.",
      placeholder: "https://dokploy.example.org",
      required: true,
      secret: false,
    },
    {
      name: "apiKey",
      label: "API key",
      help: "Made in Dokploy under Settings, API Keys, without a rate limit. It is kept sealed here.",
      required: true,
      secret: true,
    },
    {
      name: "image",
      label: "Default image",
      help: "The Docker image of a stack whose start form names none.",
      placeholder: "ghcr.io/example/app:latest",
      ...presetOf(image),
      required: false,
      secret: false,
    },
    {
      name: "domainSuffix",
      label: "Domain suffix",
      help: "A stack “demo” gets the host demo.<suffix>; all names under it must lead to the Dokploy server.",
      placeholder: "apps.example.org",
      ...presetOf(domainSuffix),
      required: true,
      secret: false,
    },
    {
      name: "keptFolder",
      label: "Folder to keep",
      help: "A folder of the container that a volume of each stack keeps; what is written elsewhere is lost with each update.",
      placeholder: "/workspace",
      required: false,
      secret: false,
    },
    {
      name: "port",
      label: "Container port",
      help: "Where the image listens.",
      preset: "8080",
      required: true,
      secret: false,
    },
    {
      name: "https",
      label: "Serve with HTTPS",
      help: "Yes or no. With yes, Dokploy gets a certificate from Let's Encrypt for each stack.",
      preset: "yes",
      required: true,
      secret: false,
    },
    {
      name: "publicPort",
      label: "Public port",
      help: "Only where stacks are not reached on the usual port 443 or 80.",
      required: false,
      secret: false,
    },
  ] satisfies ConnectionField[],

  check: (values) => {
    const { image: chosen, domainSuffix: suffix, port, https, publicPort, keptFolder } = readDefaults(values);
    return {
      baseUrl: checkedBaseUrl(values),
      apiKey: checkedKey(values),
      image: chosen ?? "",
      domainSuffix: suffix,
      port: String(port),
      https: https ? "yes" : "no",
      publicPort: publicPort === null ? "" : String(publicPort),
      keptFolder: keptFolder ?? "",
    };
  },

  async test(values, signal): Promise<ConnectionReport> {
    const start = performance.now();
    const report = (
      ok: boolean,
      sentence: string,
      facts: ConnectionReport["facts"] = [],
    ): ConnectionReport => ({ ok, sentence, latencyMs: Math.round(performance.now() - start), facts });
    try {
      const dokploy = createDokploy({ baseUrl: checkedBaseUrl(values), apiKey: checkedKey(values) });
      const { projects, version, owner, warnings } = await preflight(dokploy, signal);
      const missing = lacks(owner, [...toMake, ...toRemove]);
      const seen = `Dokploy answers; the key sees ${plural(projects, "project")}.`;
      return report(missing.length === 0, [seen, ...warnings].join(" "), [
        { label: "Projects", value: String(projects) },
        { label: "Version", value: version ?? "not told" },
        { label: "Key of", value: owner?.role ?? "not told" },
        { label: "API", value: dokploy.baseUrl.href },
      ]);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return report(false, thrown.message, thrown.detail ? [{ label: "Answer", value: thrown.detail }] : []);
    }
  },
});

const presetOf = (preset: string | null) => (preset === null ? {} : { preset });

const checkedBaseUrl = (values: ConnectionValues): string => {
  const wrong = (why: string) => new AppError("bad-input", why, { field: "baseUrl" });
  const typed = (values.baseUrl ?? "").trim();
  if (!URL.canParse(typed))
    throw wrong("The address is no web address. It looks like https://dokploy.example.org");
  const url = new URL(typed);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw wrong("The address holds more than host and path. It looks like https://dokploy.example.org");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isOwnNetwork(url.hostname)))
    throw wrong(
      "The address must begin with https://, so that nobody on the way can read the API key. Plain http is accepted within your own network only.",
    );
  return url.href.replace(/\/+$/, "").replace(/\/api$/, "");
};

const checkedKey = (values: ConnectionValues): string => {
  const key = (values.apiKey ?? "").trim();
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new AppError(
      "bad-input",
      "The API key is missing or holds spaces or other characters that no key has. Copy it again.",
      { field: "apiKey" },
    );
  }
  return key;
};
