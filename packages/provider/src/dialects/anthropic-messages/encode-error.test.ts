import { expect, test } from 'vitest'
import type { ClientError } from '../../types/client-error.ts'
import { anthropicClientDialect } from './client-dialect.ts'

const encode = (over: Partial<ClientError>) =>
  anthropicClientDialect.encodeError({
    status: 400,
    code: 'invalid_request',
    message: 'No.',
    requestId: 'req_1',
    ...over,
  })

test('an error has the shape that Anthropic gives it, and our code', () => {
  expect(encode({})).toEqual({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'No.', code: 'invalid_request' },
    request_id: 'req_1',
  })
})

test.for([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'invalid_request_error'],
  [413, 'request_too_large'],
  [422, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [502, 'api_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
] as const)('status %i is %s', ([status, type]) => {
  expect(encode({ status })).toMatchObject({ error: { type } })
})

test.for([
  [502, 'overloaded_error', 'overloaded_error'],
  [400, 'billing_error', 'billing_error'],
  // OpenAI has one type for all that the caller did wrong; the status says more.
  [404, 'invalid_request_error', 'not_found_error'],
  [429, 'insufficient_quota', 'rate_limit_error'],
  [502, 'authentication_error', 'api_error'],
] as const)('status %i of an upstream that said %s is %s', ([status, upstreamType, type]) => {
  expect(encode({ status, upstreamType })).toMatchObject({ error: { type } })
})

test("an upstream's own code comes along", () => {
  expect(
    encode({ upstreamType: 'invalid_request_error', upstreamCode: 'context_length_exceeded' }),
  ).toMatchObject({
    error: { code: 'context_length_exceeded' },
  })
  expect(encode({ upstreamType: 'overloaded_error', upstreamCode: 'overloaded_error' })).toMatchObject({
    error: { code: 'invalid_request' },
  })
})
