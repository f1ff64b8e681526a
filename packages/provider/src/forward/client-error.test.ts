import { expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode } from '../errors.ts'
import { toClientError } from './client-error.ts'

const expected: [ProviderErrorCode, number | undefined, number, string][] = [
  ['authentication', 401, 502, 'provider_authentication'],
  ['permission', 403, 403, 'permission_denied'],
  ['not-found', 404, 404, 'model_not_found'],
  ['not-found', undefined, 404, 'model_not_found'],
  ['rate-limit', 429, 429, 'rate_limit'],
  ['rate-limit', undefined, 429, 'rate_limit'],
  ['overloaded', 529, 529, 'overloaded'],
  ['overloaded', 503, 503, 'overloaded'],
  ['overloaded', 500, 500, 'server_error'],
  ['overloaded', undefined, 502, 'server_error'],
  ['network', undefined, 502, 'network'],
  ['bad-response', 200, 502, 'bad_response'],
  ['timeout', undefined, 504, 'timeout'],
  ['timeout', 408, 504, 'timeout'],
  ['context-length', 400, 400, 'context_length_exceeded'],
  ['context-length', 413, 413, 'context_length_exceeded'],
  ['quota', 402, 402, 'insufficient_quota'],
  ['quota', undefined, 429, 'insufficient_quota'],
  ['invalid-request', 422, 422, 'invalid_request'],
  ['invalid-request', undefined, 400, 'invalid_request'],
  ['content-filter', undefined, 400, 'content_filter'],
  ['unsupported', undefined, 400, 'unsupported'],
]

test.for(expected)('%s of status %s is %i %s', ([code, status, answered, name]) => {
  const error = new ProviderError('Why.', { code, status, param: 'p', upstreamType: 't', upstreamCode: 'c' })
  const isOurs = code === 'authentication'
  const ownWords: Partial<Record<ProviderErrorCode, string>> = {
    authentication: 'The provider did not accept the credentials of the gateway.',
    // Where an upstream is reached is for the log alone.
    network: 'The connection to the provider failed or broke off.',
  }
  expect(toClientError(error, 'req_1')).toEqual({
    status: answered,
    code: name,
    message: ownWords[code] ?? 'Why.',
    param: 'p',
    upstreamType: isOurs ? undefined : 't',
    upstreamCode: isOurs ? undefined : 'c',
    requestId: 'req_1',
  })
})

test('an upstream that says that it is overloaded is, whatever its status', () => {
  const said = ['overloaded_error', 'engine_overloaded_error', 'server_error', 'api_error'].map(
    (upstreamType) => {
      const error = new ProviderError('Why.', { code: 'overloaded', status: 500, upstreamType })
      return toClientError(error, 'req_1').code
    },
  )
  expect(said).toEqual(['overloaded', 'overloaded', 'server_error', 'server_error'])
})
