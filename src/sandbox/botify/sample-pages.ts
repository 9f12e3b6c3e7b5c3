/** One page of the sample site, or another thing that an address can answer with. */
export type SamplePage =
  | {
      kind: "page";
      title: string | null;
      description: string | null;
      h1: string[];
      text: string;
      links: string[];
      canonical?: string;
      noindex?: boolean;
    }
  | { kind: "redirect"; to: string }
  | { kind: "gone" }
  | { kind: "file"; contentType: string; body: string };

const categories = ["Tents", "Backpacks", "Boots", "Stoves", "Maps"];
const styles = ["Light", "Classic", "Winter", "Family"];
const names = ["Fox", "Heron", "Marten", "Lynx", "Otter", "Swift", "Badger", "Falcon", "Hare"];

const slug = (text: string): string => text.toLowerCase().replaceAll(" ", "-");

/** Titles as they are met in the wild: whoever reads a CSV naively breaks on them. */
const oddTitles: readonly (string | null)[] = [
  null,
  'The "Fox" tent, the "best" one',
  "Boots, stoves, and maps",
  "A title\nover two\r\nlines",
  "テント・軽量モデル",
  "خيمة خفيفة الوزن",
  "Zelt für Größere ⛺️🏔️",
  "<img src=x onerror=alert(1)>",
  '=HYPERLINK("http://example.invalid")',
  "Very long ".repeat(80).trim(),
  "' OR 1=1 --",
  "Tab\tand ; semicolon",
];

/** All pages of the sample site by path: about 400, five levels deep, the same on every machine. */
export const samplePages = (): ReadonlyMap<string, SamplePage> => {
  const pages = new Map<string, SamplePage>();
  const add = (path: string, page: SamplePage) => pages.set(path, page);
  const page = (title: string | null, links: string[], more: object = {}): SamplePage => ({
    kind: "page",
    title,
    description: title === null ? null : `All about ${title.slice(0, 60)}.`,
    h1: [title ?? "Untitled"],
    text: "Everything here was made for trying things out.",
    links,
    ...more,
  });

  add(
    "/",
    page("Trailhead outfitters", [
      ...categories.map((one) => `/${slug(one)}/`),
      "/about/",
      "/journal/",
      "/robots-excluded/",
    ]),
  );
  add("/about/", page("About us", ["/", "/about/team/"]));
  add("/about/team/", page("The team", ["/about/"], { h1: ["The team", "Who we are"] }));
  for (const category of categories) {
    const at = `/${slug(category)}/`;
    add(at, page(category, ["/", ...styles.map((style) => `${at}${slug(style)}/`)]));
    for (const style of styles) {
      const below = `${at}${slug(style)}/`;
      const products = names.map((name) => `${below}${slug(name)}/`);
      add(below, page(`${style} ${category.toLowerCase()}`, [at, ...products]));
      for (const [index, name] of names.entries()) {
        const path = products[index] ?? below;
        add(
          path,
          page(
            `${name}, ${style.toLowerCase()} ${category.toLowerCase()}`,
            [below, `${path}manual/`],
            index === 8 ? { h1: [] } : {},
          ),
        );
        if (index < 2) add(`${path}manual/`, page(`Manual of the ${name}`, [path], { noindex: index === 1 }));
        else add(`${path}manual/`, index === 2 ? { kind: "redirect", to: path } : { kind: "gone" });
      }
    }
  }
  addJournal(add, page);
  return pages;
};

const addJournal = (
  add: (path: string, page: SamplePage) => void,
  page: (title: string | null, links: string[], more?: object) => SamplePage,
) => {
  const odd = oddTitles.map((_, index) => `/journal/odd-${index + 1}/`);
  add(
    "/journal/",
    page("Journal", [
      "/",
      ...odd,
      "/journal/moved/",
      "/journal/old-1/",
      "/journal/price-list.csv",
      "/journal/chain/1/",
    ]),
  );
  for (const [index, title] of oddTitles.entries()) add(odd[index] ?? "/", page(title, ["/journal/"]));
  add("/journal/moved/", { kind: "redirect", to: "/journal/old-1/" });
  add("/journal/old-1/", page("An old article", ["/journal/"], { canonical: "/journal/odd-2/" }));
  add("/journal/price-list.csv", { kind: "file", contentType: "text/csv", body: "item,price\ntent,100\n" });
  for (let depth = 1; depth <= 4; depth++) {
    add(
      `/journal/chain/${depth}/`,
      page(`Part ${depth} of a long story`, [
        "/journal/",
        ...(depth < 4 ? [`/journal/chain/${depth + 1}/`] : []),
      ]),
    );
  }
  add("/robots-excluded/", page("Nobody should see this", ["/"]));
};
