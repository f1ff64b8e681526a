import { expect, test } from 'vitest'
import * as face from './index.ts'
import * as sqlite from './sqlite.ts'
import * as testing from './testing.ts'

test('the public face is this and no more', () => {
  expect(Object.keys(face).sort()).toEqual([
    'SessionError',
    'addUsage',
    'createMemoryStore',
    'createSessionFold',
    'createSessionManager',
    'danglingToolUses',
    'fitContext',
    'isSessionError',
    'noUsage',
    'repairHistory',
    'terminalStatus',
  ])
  expect(Object.keys(sqlite)).toEqual(['createSqliteStore'])
  expect(Object.keys(testing)).toEqual(['sessionStoreConformance'])
})

test('an error of another copy of the package is known by its mark', () => {
  const error = new face.SessionError('limit', 'full', { cause: 'disk' })
  expect([face.isSessionError(error), error.name, error.code, error.cause]).toEqual([
    true,
    'SessionError',
    'limit',
    'disk',
  ])
  expect(face.isSessionError({ [Symbol.for('@gateway/session.error')]: true })).toBe(true)
  expect([face.isSessionError(new Error('x')), face.isSessionError(undefined)]).toEqual([false, false])
})
