import { type Context, Hono } from "hono";
import { z } from "zod";
import { Board, BoardPage, type Lane } from "./board-page.tsx";
import { changeRow } from "./change-rows.ts";
import { quote } from "./database.ts";
import { sentForm, textOf } from "./form-fields.ts";
import { everything } from "./list-query.ts";
import { isFragment } from "./list-routes.tsx";
import { patiently } from "./patient.ts";
import { Refusal } from "./refusal.ts";
import { rowAt } from "./row-routes.tsx";
import { type AppData, listRows, tableOf } from "./rows.ts";
import type { Site } from "./site.ts";

/** Boards: the rows of a table in lanes, and moving them from one to another. */
export const boardRoutes = (site: Site) =>
  new Hono()
    .get("/:table/board", (c) => {
      const name = c.req.param("table");
      const props = { site, name, table: tableOf(site.schema, name), lanes: lanesOf(site, name) };
      return c.html(isFragment(c) ? <Board {...props} /> : <BoardPage {...props} />);
    })
    .post("/:table/rows/:id/move", async (c) => {
      const { name, table, row } = rowAt(site, c.req.param());
      const board = boardOf(site, name);
      const form = await sentForm(c);
      const lane = textOf(form, "lane");
      const updatedAt = textOf(form, "updated_at");
      const outcome = await patiently(() =>
        changeRow(site, name, { id: row.id, updatedAt }, { [board]: lane }),
      );
      if ("problems" in outcome)
        throw new Refusal("bad-input", Object.values(outcome.problems).join(" "), board);
      const said =
        "row" in outcome
          ? `“${row.name}” is in “${lane}” now.`
          : `“${row.name}” was changed by somebody else meanwhile and stays where it is. Look, then move it again.`;
      return answer(c, site, { site, name, table, lanes: lanesOf(site, name), said }, "row" in outcome);
    });

const answer = (c: Context, site: Site, props: Parameters<typeof Board>[0], moved: boolean) => {
  if (moved && !isFragment(c)) return c.redirect(site.to.board(props.name), 303);
  return c.html(
    isFragment(c) ? <Board {...props} /> : <BoardPage {...props} />,
    moved || isFragment(c) ? 200 : 409,
  );
};

const mostInLane = 50;
const counted = z.array(z.object({ lane: z.string().nullable(), total: z.number() }));

/** The lanes of a table's board with their newest rows: its options, and before them whatever else rows say. */
const lanesOf = (data: AppData, name: string): Lane[] => {
  const board = boardOf(data, name);
  return laneCounts(data, name).map(({ lane, total }) => ({
    lane,
    total,
    rows:
      total === 0
        ? []
        : listRows(data, name, {
            ...everything({ column: board, comparison: "eq", value: lane === "" ? null : lane }),
            limit: mostInLane,
          }),
  }));
};

/** How many rows stand in each lane; "" is the lane of those without a value. */
export const laneCounts = (data: AppData, name: string): { lane: string; total: number }[] => {
  const board = boardOf(data, name);
  const options = tableOf(data.schema, name).columns[board]?.options ?? [];
  const found = counted
    .parse(
      data.db
        .prepare(
          `SELECT ${quote(board)} AS lane, count(*) AS total FROM ${quote(name)} GROUP BY 1 ORDER BY 1`,
        )
        .all(),
    )
    .map(({ lane, total }) => ({ lane: lane ?? "", total }));
  return [
    ...found.filter(({ lane }) => !options.includes(lane)),
    ...options.map((lane) => found.find((one) => one.lane === lane) ?? { lane, total: 0 }),
  ];
};

const boardOf = ({ schema }: AppData, name: string): string => {
  const { board, title } = tableOf(schema, name);
  if (board !== null) return board;
  throw new Refusal("not-found", `“${title}” has no board.`);
};
