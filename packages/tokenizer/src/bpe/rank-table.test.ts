import { expect, test } from 'vitest'
import { cl100kBase } from '../encodings/cl100k-base.ts'
import { o200kBase } from '../encodings/o200k-base.ts'
import { p50kBase } from '../encodings/p50k-base.ts'
import { createRankTable } from './rank-table.ts'
import { createSmallMerge } from './small-merge.ts'

const sources = [o200kBase, cl100kBase, p50kBase]

/** SHA-256 of the files that OpenAI publishes, as `tiktoken_ext/openai_public.py` of tiktoken expects them. */
const publishedHashes: Record<string, string> = {
  o200k_base: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
  cl100k_base: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
  p50k_base: '94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069',
}

const toHex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex')

test.each(sources)(
  'the table of $name is the file that OpenAI publishes, byte for byte',
  async ({ name, ranks }) => {
    const table = createRankTable(ranks)
    let file = ''
    for (let rank = 0; rank < table.size; rank += 1) {
      const bytes = table.bytesOf(rank)
      if (bytes.length > 0) file += `${Buffer.from(bytes).toString('base64')} ${rank}\n`
    }
    expect(toHex(await crypto.subtle.digest('SHA-256', Buffer.from(file)))).toBe(publishedHashes[name])
  },
)

test.each(sources)('every token of $name is found by its bytes', ({ ranks }) => {
  const table = createRankTable(ranks)
  let wrong = 0
  for (let rank = 0; rank < table.size; rank += 1) {
    const bytes = table.bytesOf(rank)
    if (bytes.length > 0 && table.find(bytes, 0, bytes.length) !== rank) wrong += 1
  }
  expect(wrong).toBe(0)
  expect(table.find(new Uint8Array(500), 0, 500)).toBe(-1)
})

test.each(sources)(
  '$name is as merging from the left needs it: each token is made of two of lower rank',
  ({ ranks }) => {
    const table = createRankTable(ranks)
    const merge = createSmallMerge(table)
    let wrong = 0
    for (let rank = 0; rank < table.size; rank += 1) {
      const bytes = table.bytesOf(rank)
      if (bytes.length === 0) continue
      if (bytes.length === 1) {
        if (rank > 255) wrong += 1
        continue
      }
      const parts = merge.merge(bytes, 0, bytes.length, 2)
      const cut = merge.boundary(1)
      const left = table.find(bytes, 0, cut)
      const right = table.find(bytes, cut, bytes.length)
      if (parts !== 2 || left < 0 || left >= rank || right < 0 || right >= rank) wrong += 1
    }
    expect(wrong).toBe(0)
  },
)

test('a damaged table is refused with the part that is wrong', () => {
  expect(() => createRankTable('QUJD 1')).toThrow('QUJD 1')
  expect(() => createRankTable('! 0 QQ== Q?==')).toThrow('Q?==')
  expect(() => createRankTable('')).toThrow(expect.objectContaining({ code: 'invalid-table' }))
})
