import { expect, test } from "vitest";
import { Diagram } from "../../../views/form/diagram.tsx";

const boxes = [
  { title: "Books", lines: ["Title *"] },
  { title: "Loans", lines: ["Book", "Member <b>"] },
  { title: "Members", lines: Array.from({ length: 12 }, (_, at) => `Line ${at}`) },
];

test("boxes and arrows are drawn, said in words, and never beyond the picture", () => {
  const links = [
    { from: 1, line: 0, to: 0 },
    { from: 1, line: 1, to: 2 },
    { from: 2, line: 11, to: 2 },
  ];
  const html = String(<Diagram kind="diagram" label="Tables" boxes={boxes} links={links} />);
  expect(html).toContain("Loans points to Books by Book.");
  expect(html.match(/<rect /g)).toHaveLength(3);
  expect(html.match(/class="link"/g)).toHaveLength(3);
  expect(html).toContain("… 4 more");
  expect(html).not.toContain("<b>");
  const [, width = "0", height = "0"] = /viewBox="0 0 (\d+) (\d+)"/.exec(html) ?? [];
  const rects = [...html.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)].map((one) =>
    one.slice(1).map(Number),
  );
  for (const [x = 0, y = 0, w = 0, h = 0] of rects) {
    expect(x + w).toBeLessThanOrEqual(Number(width));
    expect(y + h).toBeLessThanOrEqual(Number(height));
  }
});

test("a plan without tables has an empty picture", () => {
  expect(String(<Diagram kind="diagram" label="Tables" boxes={[]} links={[]} />)).toContain(
    'viewBox="0 0 2 2"',
  );
});
