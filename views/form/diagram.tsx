import type { DiagramField } from "#core/form.ts";

const boxWidth = 190;
const gapX = 60;
const gapY = 36;
const lineHeight = 18;
const headHeight = 28;
const mostLines = 9;
const mostInRow = 4;
const mostLetters = 26;

interface Box {
  title: string;
  lines: readonly string[];
  x: number;
  y: number;
  height: number;
}

/** Boxes and arrows as a picture, which says the same in words to those who do not see it. */
export const Diagram = ({ label, boxes, links }: DiagramField) => {
  const placed = place(boxes);
  // A link between two boxes above each other goes round them on their right.
  const isRound = links.some(({ from, to }) => placed[from]?.x === placed[to]?.x);
  const width = Math.max(...placed.map(({ x }) => x + boxWidth), 0) + (isRound ? gapX / 2 : 0) + 2;
  const height = Math.max(...placed.map((box) => box.y + box.height), 0) + 2;
  return (
    <section class="scroll-box diagram" tabindex={0} aria-label={label} hx-ignore>
      <svg
        role="img"
        aria-label={words({ boxes, links })}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
      >
        <defs>
          <marker
            id="diagram-end"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {links.map(({ from, line, to }) => {
          const [one, other] = [placed[from], placed[to]];
          return (
            one !== undefined &&
            other !== undefined && (
              <path class="link" d={way(one, line, other)} marker-end="url(#diagram-end)" />
            )
          );
        })}
        {placed.map(({ title, lines, x, y, height: tall }) => (
          <g>
            <rect x={x} y={y} width={boxWidth} height={tall} rx="6" />
            <text class="title" x={x + 10} y={y + 19}>
              {cut(title)}
            </text>
            {lines.map((text, at) => (
              <text x={x + 10} y={y + headHeight + 14 + at * lineHeight}>
                {cut(text)}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </section>
  );
};

const words = ({ boxes, links }: Pick<DiagramField, "boxes" | "links">): string =>
  [
    ...boxes.map(({ title, lines }) => `${title}: ${lines.join(", ")}.`),
    ...links.map(
      ({ from, line, to }) =>
        `${boxes[from]?.title ?? ""} points to ${boxes[to]?.title ?? ""} by ${boxes[from]?.lines[line] ?? ""}.`,
    ),
  ].join(" ");

/** In rows, as many beside each other as make it about square. */
const place = (boxes: DiagramField["boxes"]): Box[] => {
  const inRow = Math.min(mostInRow, Math.ceil(Math.sqrt(boxes.length)));
  const placed: Box[] = [];
  let y = 1;
  for (let at = 0; at < boxes.length; at += inRow) {
    const row = boxes.slice(at, at + inRow).map(({ title, lines }, column): Box => {
      const shown =
        lines.length > mostLines
          ? [...lines.slice(0, mostLines - 1), `… ${lines.length - mostLines + 1} more`]
          : lines;
      return {
        title,
        lines: shown,
        x: 1 + column * (boxWidth + gapX),
        y,
        height: headHeight + shown.length * lineHeight + 8,
      };
    });
    placed.push(...row);
    y += Math.max(...row.map(({ height }) => height)) + gapY;
  }
  return placed;
};

/** From a line of one box to the head of another, by the sides that are nearer to each other. */
const way = (from: Box, line: number, to: Box): string => {
  const start = from.y + headHeight + 9 + Math.min(line, from.lines.length - 1) * lineHeight;
  const end = to.y + headHeight / 2;
  const isRight = to.x > from.x;
  const isBeside = to.x !== from.x;
  const at = isRight || !isBeside ? from.x + boxWidth : from.x;
  const into = isRight ? to.x : to.x + boxWidth;
  const out = isRight || !isBeside ? gapX / 2 : -gapX / 2;
  return `M${at} ${start}C${at + out} ${start} ${into + (isBeside ? -out : out)} ${end} ${into} ${end}`;
};

const cut = (text: string): string =>
  text.length > mostLetters ? `${text.slice(0, mostLetters - 1)}…` : text;
