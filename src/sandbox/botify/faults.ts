/** What a test can make the server do, each as real servers were seen to do it. All off at first. */
export interface Faults {
  /** A job stays CREATED and then PROCESSING for at least this long. */
  createdMs: number;
  processingMs: number;
  /** Every job ends FAILED with this reason. */
  failJobs: string | null;
  /** Every call answers 401. */
  unauthorized: boolean;
  /** So many of the next calls answer 429. */
  tooMany: number;
  absoluteJobUrl: boolean;
  stringJobId: boolean;
  /** So many of the next downloads are cut off after this many bytes of their answer. */
  cutDownload: { afterBytes: number; times: number } | null;
  format: "gzip" | "gzip-members" | "zip" | "plain";
  /** A first line "sep=," whatever was asked for. */
  sepLine: boolean;
  doneWithoutResults: boolean;
  htmlInsteadOfJson: boolean;
  /** So many of the next jobs are made, but the connection is cut before the answer. */
  loseCreateAnswer: number;
  /** The word of a job that is being worked on. */
  stateWord: string;
  /** Every download gives these bytes, whatever the job made. */
  file: Uint8Array<ArrayBuffer> | null;
  /** What the next looks at a job are answered instead. */
  oddLooks: ("web page" | "redirect" | "missing" | "refused")[];
  /** So many of the next downloads are told by a 400 that their link has ended, as some clouds do. */
  endedLinks: number;
  /** Null: as fast as it goes. */
  downloadBytesPerSecond: number | null;
  /** Calls a second that an account may make; null: no limit. */
  callsPerSecond: number | null;
}

export const noFaults = (): Faults => ({
  createdMs: 0,
  processingMs: 0,
  failJobs: null,
  unauthorized: false,
  tooMany: 0,
  absoluteJobUrl: false,
  stringJobId: false,
  cutDownload: null,
  format: "gzip",
  sepLine: false,
  doneWithoutResults: false,
  htmlInsteadOfJson: false,
  loseCreateAnswer: 0,
  stateWord: "PROCESSING",
  file: null,
  oddLooks: [],
  endedLinks: 0,
  downloadBytesPerSecond: null,
  callsPerSecond: 5,
});
