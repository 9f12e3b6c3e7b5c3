import { readFileSync, writeFileSync } from "node:fs";
import { withLayers } from "./biome-part.ts";

const config = JSON.parse(readFileSync("biome.json", "utf8"));
writeFileSync("biome.json", JSON.stringify(withLayers(config), null, 2));
