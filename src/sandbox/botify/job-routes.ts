import { Hono } from "hono";
import { page } from "./api.ts";
import { ApiError } from "./api-error.ts";
import type { Faults } from "./faults.ts";
import type { Links } from "./file-route.ts";
import type { JobRow, Jobs } from "./jobs.ts";

interface JobRouteDeps {
  jobs: Jobs;
  links: Links;
  faults: Faults;
}

/** POST and GET of export jobs. */
export const jobRoutes = ({ jobs, links, faults }: JobRouteDeps): Hono => {
  const app = new Hono();
  const answer = (job: JobRow, url: string) => jobAnswer(job, new URL(url).origin, links, faults);

  app.post("/jobs", async (c) => {
    const job = await jobs.create(await c.req.json().catch(() => null));
    if (faults.loseCreateAnswer > 0) {
      faults.loseCreateAnswer--;
      const { incoming } = c.env as { incoming: { socket: { destroy(): void } } };
      incoming.socket.destroy();
    }
    return c.json(answer(job, c.req.url), 201);
  });
  app.get("/jobs", (c) => {
    const { project, analysis, job_type: jobType } = c.req.query();
    const found = jobs.list({
      ...(project === undefined ? {} : { project }),
      ...(analysis === undefined ? {} : { analysis }),
      ...(jobType === undefined ? {} : { jobType }),
    });
    return c.json(
      page(
        found.map((job) => answer(job, c.req.url)),
        c.req.url,
      ),
    );
  });
  app.get("/jobs/:id", (c) => {
    const odd = faults.oddLooks.shift();
    if (odd === "web page") return c.html("<h1>Scheduled maintenance</h1>");
    if (odd === "redirect") return c.redirect("/sign-in");
    if (odd === "missing") throw new ApiError(404, "1404", "Job not found.");
    if (odd === "refused") throw new ApiError(403, "1002", "Permission denied.");
    const job = jobs.get(Number(c.req.param("id")));
    if (job === null) throw new ApiError(404, "1404", "Job not found.");
    return c.json(answer(job, c.req.url));
  });
  return app;
};

const jobAnswer = (job: JobRow, origin: string, links: Links, faults: Faults) => {
  const body = JSON.parse(job.body) as { job_type: string; payload: object };
  const path = `/v1/jobs/${job.id}`;
  const done = job.status === "DONE" && job.file !== null && !faults.doneWithoutResults;
  return {
    job_id: faults.stringJobId ? String(job.id) : job.id,
    job_type: body.job_type,
    job_url: faults.absoluteJobUrl ? `${origin}${path}` : path,
    job_status: job.status === "PROCESSING" ? faults.stateWord : job.status,
    payload: body.payload,
    results: done ? { download_url: links.make(job.file ?? "", origin) } : null,
    ...(job.reason === null ? {} : { error: { message: job.reason, type: "ExportError" } }),
    date_created: new Date(job.created_at).toISOString(),
  };
};
