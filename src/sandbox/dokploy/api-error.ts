import type { z } from "zod";

const statusOf = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
} as const;

export type ErrorCode = keyof typeof statusOf;

/** A refusal in the shape of Dokploy's API: `{"message","code","data":{…},"issues"?}`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly issues: z.core.$ZodIssue[] | undefined;

  constructor(code: ErrorCode, message: string, issues?: z.core.$ZodIssue[]) {
    super(message);
    this.code = code;
    this.issues = issues;
  }

  get status(): number {
    return statusOf[this.code];
  }

  /** `call` is "project.one". */
  body(call: string): object {
    const { message, code, status, issues } = this;
    const zodError = issues === undefined ? null : { issues };
    return {
      message,
      code,
      data: { code, httpStatus: status, path: call, zodError },
      ...(issues && { issues }),
    };
  }
}

/** "Application not found" */
export const notFound = (what: string): ApiError => new ApiError("NOT_FOUND", `${what} not found`);
