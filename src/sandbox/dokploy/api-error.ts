import { z } from "zod";

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
  readonly invalid: z.ZodError | undefined;

  constructor(code: ErrorCode, message: string, invalid?: z.ZodError) {
    super(message);
    this.code = code;
    this.invalid = invalid;
  }

  get status(): number {
    return statusOf[this.code];
  }

  /** `call` is "project.one". */
  body(call: string): object {
    const { message, code, status, invalid } = this;
    const zodError = invalid === undefined ? null : z.flattenError(invalid);
    return {
      message,
      code,
      data: { code, httpStatus: status, path: call, zodError },
      ...(invalid && { issues: invalid.issues }),
    };
  }
}

/** "Application not found" */
export const notFound = (what: string): ApiError => new ApiError("NOT_FOUND", `${what} not found`);
