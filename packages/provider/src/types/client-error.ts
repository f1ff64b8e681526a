/** An error as a client of any dialect is told of it. */
export interface ClientError {
  /** HTTP status; of an error within a stream the one that it would have had. */
  status: number
  /** Ours, in snake case: `rate_limit`, `provider_authentication`, `model_not_found`… */
  code: string
  message: string
  /** The field that is to blame, as a path. */
  param?: string | undefined
  /** The upstream's own type and code, where it named them. */
  upstreamType?: string | undefined
  upstreamCode?: string | undefined
  requestId: string
}
