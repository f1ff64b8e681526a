import type { FakeFault } from '../types.ts'

/** The API's answer to a request that it cannot accept. */
export const invalid = (message: string, param?: string, code?: string): FakeFault => ({
  status: 400,
  type: 'invalid_request_error',
  message,
  param,
  code,
})

/** Models that think, and so take neither `max_tokens` nor sampling options. */
export const reasons = (model: string): boolean => /^(o\d|gpt-5)/.test(model) && !model.includes('-chat')

/** Longest id of a tool call, in characters. */
export const maxCallId = 40
