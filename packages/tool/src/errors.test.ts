import { expect, test } from 'vitest'
import { isToolError, messageOf, ToolError } from './errors.ts'

test('an error carries its code, its tool and its cause', () => {
  const cause = new Error('deeper')
  const error = new ToolError('The tool "x" is broken.', { code: 'failed', tool: 'x', cause })
  expect(error).toMatchObject({ name: 'ToolError', code: 'failed', tool: 'x', cause })
  expect(new ToolError('Without.', { code: 'limit' })).not.toHaveProperty('cause')
})

test('the guard knows errors of another copy of the package, and nothing else', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('@gateway/tool.error')]: true })
  expect(isToolError(foreign)).toBe(true)
  expect(isToolError(new ToolError('x', { code: 'failed' }))).toBe(true)
  for (const other of [new Error('x'), 'x', null, undefined, { code: 'failed' }]) {
    expect(isToolError(other)).toBe(false)
  }
})

test('a message is found in whatever was thrown', () => {
  const hostile = {
    get message(): string {
      throw new Error('no')
    },
  }
  expect(messageOf(new Error('boom'))).toBe('boom')
  expect(messageOf('plain')).toBe('plain')
  expect(messageOf({ code: 1 })).toBe('{"code":1}')
  for (const unreadable of [undefined, '', 1n, hostile, new Error(''), () => 'x']) {
    expect(messageOf(unreadable)).toBe('(no readable message)')
  }
})
