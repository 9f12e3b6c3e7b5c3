import { type Layer, layers, mayInWords, nameOf, owners } from "../../layers.ts";

interface Config {
  overrides: { includes: string[]; linter?: { rules?: { style?: { noRestrictedImports?: unknown } } } }[];
}

/**
 * Biome's configuration with the table of layers in it, so that an editor tells at once. It has no word for "the folder that this
 * file lies in": that the folders of a layer do not know each other is left to the test.
 */
export const withLayers = <C extends Config>(config: C): C => ({
  ...config,
  overrides: [
    ...layers.filter((layer) => !layer.may.includes("*")).map(overrideOf),
    ...config.overrides.filter((one) => one.linter?.rules?.style?.noRestrictedImports === undefined),
  ],
});

const overrideOf = (layer: Layer) => {
  const name = nameOf(layer);
  const allowed = [...(name.includes("/") ? [] : [name]), ...layer.may];
  const owned = Object.keys(owners).filter((one) => !`${owners[one]}/`.startsWith(`${name}/`));
  const patterns = [
    {
      group: ["#*/**", ...allowed.map((one) => (one.endsWith(".ts") ? `!#${one}` : `!#${one}/**`))],
      message: `${name} may import ${mayInWords(layer)}, no more: when this stands in the way, the code sits in the wrong layer.`,
    },
    { group: ["../**"], message: "Across folders import #layer/file.ts." },
    ...owned.map((one) => ({ group: [one, `${one}/**`], message: `Only ${owners[one]} knows ${one}.` })),
  ];
  const options = { patterns };
  return {
    includes: [`${layer.folder}/**`],
    linter: { rules: { style: { noRestrictedImports: { level: "error", options } } } },
  };
};
