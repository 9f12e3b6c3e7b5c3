import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer of refusal in Botify's shape: `{"error":{"message","error_code","error_detail"}}`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ContentfulStatusCode;
  readonly code: string;

  constructor(status: ContentfulStatusCode, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  body(): { error: { message: string; error_code: string; error_detail: object } } {
    return { error: { message: this.message, error_code: this.code, error_detail: {} } };
  }
}
