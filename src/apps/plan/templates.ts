import { singular } from "./plural.ts";
import type { Template } from "./template.ts";
import { business } from "./templates-business.ts";
import { people } from "./templates-people.ts";

export const templates: readonly Template[] = [...business, ...people];

/** The template that has most of a text's words in its title and tables; null where none has two of them. */
export const nearestTemplate = (text: string): Template | null => {
  const asked = new Set(wordsIn(text));
  const [best] = templates
    .map((template) => ({
      template,
      common: new Set(
        wordsIn(`${template.title} ${template.text.replaceAll(/\([^\n]*/g, "")}`).filter((word) =>
          asked.has(word),
        ),
      ).size,
    }))
    .sort((one, other) => other.common - one.common);
  return best !== undefined && best.common > 1 ? best.template : null;
};

const wordsIn = (text: string): string[] => (text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map(singular);
