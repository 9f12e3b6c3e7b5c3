/** Small words of languages that no English text has, and those of English. */
const others: Readonly<Record<string, ReadonlySet<string>>> = {
  German: new Set(
    "der das und für fur mit eine einen einer ich mein meine meinen von zu nicht ist sind jede jeder jedes soll wir".split(
      " ",
    ),
  ),
  French: new Set("le les et pour avec une mon mes des du je qui est sont chaque nous dans sur".split(" ")),
  Spanish: new Set("el los las y para con una mi mis del que por cada quiero un es son".split(" ")),
  Portuguese: new Set("o os as e para com uma um meu minha do da dos das que por cada quero são".split(" ")),
  Italian: new Set("il gli e per con una un mio mia della dei che ogni voglio sono".split(" ")),
  Dutch: new Set("het een en voor met mijn van ik wij elke zijn".split(" ")),
};
const english = new Set(
  "the and with for my of to an is are each has have who that in on we our every which their it".split(" "),
);

/** The language of a text that is surely not English; null: it may be. */
export const foreignLanguage = (text: string): string | null => {
  const letters = text.match(/\p{L}/gu) ?? [];
  if (letters.filter((one) => !/\p{Script=Latin}/u.test(one)).length * 2 > letters.length)
    return "a language of another script";
  const words = text.toLowerCase().match(/[\p{L}]+/gu) ?? [];
  const count = (known: ReadonlySet<string>) => words.filter((word) => known.has(word)).length;
  const [best] = Object.entries(others)
    .map(([language, known]) => ({ language, found: count(known) }))
    .sort((one, other) => other.found - one.found);
  return best !== undefined && best.found >= 2 && best.found > count(english) ? best.language : null;
};
