import { expect, test } from 'vitest'
import * as root from './index.ts'
import * as node from './node.ts'

test('exports these names and no others', () => {
  expect(Object.keys(root).sort()).toEqual([
    'SseError',
    'createSseDecoder',
    'createSseStream',
    'decodeSse',
    'encodeSse',
    'isSseError',
    'parseLastEventId',
    'sseHeaders',
    'sseResponse',
  ])
  expect(Object.keys(node).sort()).toEqual(['createNodeSseStream', 'pipeSse'])
})

test('knows its errors by a mark that other copies of the package share', () => {
  const error = new root.SseError('closed', 'Over.', { cause: 7 })
  expect(error).toMatchObject({ name: 'SseError', code: 'closed', message: 'Over.', cause: 7 })
  const fromOtherCopy = Object.assign(new Error('x'), { [Symbol.for('@gateway/sse.error')]: true })
  expect([error, fromOtherCopy, new Error('x'), null, 'x'].map(root.isSseError)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})
