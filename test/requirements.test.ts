import { dirname } from 'node:path'
import { requireOrSkip } from 'gateway-tooling/requirements'
import { expect, test } from 'vitest'

const PATH = `/nowhere:${dirname(process.execPath)}`

test('a program on PATH is found', () => {
  expect(requireOrSkip('node', { PATH, GATEWAY_REQUIRE_ALL: '1' })).toBe(`${dirname(process.execPath)}/node`)
})

test('a missing program is a skip, and a failure where everything is required', () => {
  expect(requireOrSkip('no-such-program', { PATH })).toBeUndefined()
  expect(() => requireOrSkip('no-such-program', { PATH, GATEWAY_REQUIRE_ALL: '1' })).toThrow(
    'no-such-program is not on PATH',
  )
})
