import type { Durations } from "#core/durations.ts";
import { evil, long, now } from "./steps.ts";

const took = [182_000, 240_000, 175_000, 610_000, 190_000, 166_000, 171_000];

export const durations: Durations = {
  workflowId: "botify-export",
  title: "Export URLs from Botify",
  runs: took.map((activeMs, index) => ({
    runId: `r${index}`,
    subject: index === 2 ? `${evil} ${long}` : "botify-org / example.com",
    endedAt: now - index * 86_400_000,
    activeMs,
    told: index === took.length - 1 ? null : { p10Ms: 120_000, p50Ms: 185_000, p90Ms: 320_000 },
  })),
  steps: [
    {
      id: "job",
      title: "Botify prepares the file",
      p10Ms: 90_000,
      p50Ms: 128_000,
      p90Ms: 430_000,
      runs: 7,
      skipped: 0,
    },
    { id: "download", title: evil, p10Ms: 20_000, p50Ms: 31_000, p90Ms: 60_000, runs: 5, skipped: 2 },
    { id: "never", title: "Unpack and check", p10Ms: 0, p50Ms: 0, p90Ms: 0, runs: 0, skipped: 7 },
  ],
  next: { p10Ms: 120_000, p50Ms: 185_000, p90Ms: 320_000, runs: 7, because: null },
  accuracy: [
    { tenth: 0, estimates: 6, held: 5, widthShare: 0.41, offShare: 0.094, meanOffShare: 0.32 },
    { tenth: 5, estimates: 6, held: 6, widthShare: 0.2, offShare: 0.031, meanOffShare: null },
  ],
};
