/** An error that a route answers with, in the form of the HTTP contract. */
export interface ApiErrorBody {
  type: string
  code: string
  message: string
}

/** Thrown by routes and middleware; rendered in one place (`error-response.ts`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly type: string
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  /** More fields of the error object. */
  readonly details: Readonly<Record<string, string>>

  constructor(
    status: number,
    body: ApiErrorBody,
    headers: Record<string, string> = {},
    details: Record<string, string> = {},
  ) {
    super(body.message)
    this.status = status
    this.type = body.type
    this.code = body.code
    this.headers = headers
    this.details = details
  }
}

/** 400: the request itself is wrong. */
export const badRequest = (message: string, code = 'invalid_request'): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', code, message })

/** 404: it does not exist, or not for this tenant. */
export const notFound = (message: string, code = 'not_found'): ApiError =>
  new ApiError(404, { type: 'not_found_error', code, message })

/** 503 with a hint when to come back. */
export const unavailable = (message: string, code: string, retryAfterSeconds = 1): ApiError =>
  new ApiError(503, { type: 'overloaded_error', code, message }, { 'retry-after': String(retryAfterSeconds) })
