import type { FakeFault } from '../types.ts'

/** What the checks need beside the body. */
export interface AnthropicRules {
  version: string | undefined
  /** The thinking that each issued signature signs. */
  signatures: ReadonlyMap<string, string>
}

/**
 * The API version that takes no sampling options at all and lets system messages stand among the others.
 * @see https://platform.claude.com/docs/en/api/versioning
 */
export const newVersion = '2026-10-21'

export const versions: readonly string[] = ['2023-01-01', '2023-06-01', newVersion]

/** The API's answer to a request that it cannot accept. */
export const invalid = (message: string): FakeFault => ({
  status: 400,
  type: 'invalid_request_error',
  message,
})

/** Major and minor of a Claude model since 4, as one number: `claude-opus-4-7` is 407; 0 for older names. */
export const modelGeneration = (model: string): number => {
  const [, major, minor = '0'] = /^claude-[a-z]+-(\d+)(?:-(\d{1,2}))?(?:[-@]|$)/.exec(model) ?? []
  return major === undefined ? 0 : Number(major) * 100 + Number(minor)
}
