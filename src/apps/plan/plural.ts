const irregular: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "analysis analyses,child children,criterion criteria,diagnosis diagnoses,foot feet,half halves,knife knives,leaf leaves,lens lenses,life lives," +
    "loaf loaves,man men,mouse mice,person people,quiz quizzes,shelf shelves,thesis theses,thief thieves,tooth teeth,wolf wolves,woman women"
  )
    .split(",")
    .map((pair) => pair.split(" ")),
);
const singulars = new Map(Object.entries(irregular).map(([one, many]) => [many, one]));

/** The same for one and for many. */
const uncountable = new Set(
  "attendance maintenance inventory equipment staff information feedback software hardware furniture news series species sheep fish money stock crew luggage livestock wildlife poultry goods".split(
    " ",
  ),
);
/** Words for one thing that end in s. */
const endInS = new Set("gas bus canvas atlas bias pancreas christmas".split(" "));
/** Words whose plural only adds an s where the rules would say otherwise. */
const plain = new Map(
  "movie cookie pie tie zombie calorie selfie brownie smoothie genie menu guru shoe toe canoe cache axe photo piano video radio studio patio portfolio memo logo zoo house warehouse greenhouse ski spouse cause clause use mouse"
    .split(" ")
    .map((one) => [`${one}s`, one]),
);
const plainSingulars = new Set(plain.values());

/** One of the things that an English word names: "companies" → "company". Of several words the last one changes. */
export const singular = (text: string): string => onLastWord(text, singularWord);

/** Many of them: "company" → "companies". A word that is a plural already stays. */
export const plural = (text: string): string => onLastWord(text, (word) => pluralWord(singularWord(word)));

const singularWord = (word: string): string => {
  const known = singulars.get(word) ?? plain.get(word);
  if (known !== undefined) return known;
  if (uncountable.has(word) || endInS.has(word) || Object.hasOwn(irregular, word) || word.length < 4)
    return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/[^aeo]uses$/.test(word) || /[aiou]ases$/.test(word)) return word.slice(0, -2);
  if (/[^o]oes$/.test(word)) return word.slice(0, -2);
  if (/(?:ss|us|is)$/.test(word) || !word.endsWith("s")) return word;
  return word.slice(0, -1);
};

const pluralWord = (word: string): string => {
  if (uncountable.has(word)) return word;
  const known = irregular[word];
  if (known !== undefined && Object.hasOwn(irregular, word)) return known;
  if (plainSingulars.has(word)) return `${word}s`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(?:s|sh|ch|x|z)$/.test(word) || /[^o]o$/.test(word)) return `${word}es`;
  return `${word}s`;
};

const onLastWord = (text: string, change: (word: string) => string): string =>
  text.replace(/[a-z][a-z-]*$/, (word) => change(word));

/** The name of one row of a table: "order_items" → "order_item". */
export const singularName = (key: string): string =>
  singular(plural(key.replaceAll("_", " ")))
    .replaceAll(" ", "_")
    .slice(0, 45);
