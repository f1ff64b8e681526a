import type * as z from 'zod'

/** In whose shape an operation tells its errors: the gateway's own, that of one contract under `/v1`, or of either. */
export type ErrorShape = 'api' | 'chat' | 'messages' | 'either'

/** One answer of an operation. Without any content it has no body. */
export interface Answer {
  description: string
  /** Its body as JSON. */
  schema?: z.ZodType | undefined
  /** Its events as SSE, by name: the schema of each one's data. `message` is the name of events that carry none. */
  events?: Readonly<Record<string, z.ZodType>> | undefined
  /** The media type of a body that is text. */
  text?: string | undefined
  /** Headers of {@link responseHeaders}, besides those that all answers have. */
  headers?: readonly string[] | undefined
}

/** A body that a client sends. */
export interface Body {
  schema: z.ZodType
  isOptional?: true | undefined
  /** Stands in the curl example, and must be one that the schema takes. */
  example: unknown
}

/** What one method of one path does, as the document tells it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As the router has it: `/api/sessions/:id`. */
  path: string
  /** Unique in the document. */
  id: string
  tag: string
  summary: string
  description?: string | undefined
  /** Needs no key. */
  isPublic?: true | undefined
  /** Also takes a stream token. */
  takesToken?: true | undefined
  query?: z.ZodObject | undefined
  /** Headers of {@link requestHeaders} that it reads. */
  headers?: readonly string[] | undefined
  body?: Body | undefined
  answers: Readonly<Record<number, Answer>>
  /** Statuses of its errors, besides those that follow from having a body or needing a key. */
  errors?: readonly number[] | undefined
  errorShape: ErrorShape
  /** The reference of the contract that it keeps. */
  reference?: string | undefined
}
