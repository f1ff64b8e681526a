import { expect, test } from 'vitest'
import { detectModel } from '../models.ts'
import { createEstimator, getTokenizer } from '../tokenizer.ts'
import { imageSize } from './image-size.ts'
import { imageTokens } from './image-tokens.ts'

const base64 = (...bytes: (number | string)[]): string =>
  Buffer.concat(
    bytes.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from([part]))),
  ).toString('base64')
const big16 = (n: number): string => String.fromCharCode(n >> 8, n & 255)
const little16 = (n: number): string => String.fromCharCode(n & 255, n >> 8)

const png = (width: number, height: number): string =>
  base64('\x89PNG\r\n\x1a\n', '\0\0\0\rIHDR', '\0\0', big16(width), '\0\0', big16(height), '\x08\x06\0\0\0')
const gif = (width: number, height: number): string =>
  base64('GIF89a', little16(width), little16(height), '\0\0\0')
/** With a JFIF segment, a fill byte and a Huffman table before the frame, as cameras write it. */
const jpeg = (width: number, height: number): string =>
  base64(
    '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc4\0\x04ab\xff\xc2\0\x11\x08',
    big16(height),
    big16(width),
    '\x03\x01\x22\0\x02\x11\x01',
  )
const riff = (kind: string, body: string): string => base64('RIFF\0\0\0\0WEBP', kind, body, '\0'.repeat(16))
const webpLossy = (width: number, height: number): string =>
  riff('VP8 ', `\0\0\0\0\0\0\0\x9d\x01\x2a${little16(width)}${little16(height)}`)
const webpLossless = (width: number, height: number): string => {
  const bits = (width - 1) | ((height - 1) << 14)
  return riff('VP8L', `\0\0\0\0\x2f${little16(bits & 0xffff)}${little16(bits >>> 16)}`)
}
const webpExtended = (width: number, height: number): string =>
  riff('VP8X', `\0\0\0\0\0\0\0\0${little16(width - 1)}\0${little16(height - 1)}\0`)

test.each([
  ['PNG', png],
  ['GIF', gif],
  ['JPEG', jpeg],
  ['lossy WebP', webpLossy],
  ['lossless WebP', webpLossless],
  ['extended WebP', webpExtended],
])('the size of a %s is read from its header', (_, make) => {
  for (const [width, height] of [
    [1, 1],
    [640, 480],
    [1023, 4097],
  ] as const) {
    expect(imageSize(make(width, height))).toEqual({ width, height })
  }
})

test('what is no image, or is cut before its size, has no size', () => {
  for (const text of ['', 'AAAA', 'not base64!', base64('%PDF-1.7'), png(0, 5), jpeg(9, 9).slice(0, 24)]) {
    expect(imageSize(text)).toBeUndefined()
  }
  for (const make of [png, gif, jpeg, webpLossy, webpExtended]) {
    for (let length = 0; length < 12; length += 1)
      expect(imageSize(make(9, 9).slice(0, length))).toBeUndefined()
  }
})

const tokens = (model: string, width: number, height: number, detail: 'low' | 'high' = 'high'): number =>
  imageTokens(detectModel(model), { width, height }, detail)

test.each([
  // The examples of OpenAI's guide on images.
  ['gpt-4o', 1024, 1024, 765],
  ['gpt-4o', 2048, 4096, 1105],
  ['gpt-4.1-mini', 1024, 1024, Math.ceil(1024 * 1.62)],
  ['o4-mini', 1800, 2400, Math.ceil(1452 * 1.72)],
  // One tile: nothing is scaled up.
  ['gpt-4o', 128, 64, 85 + 170],
  ['o3', 128, 64, 75 + 150],
  ['gpt-5', 128, 64, 70 + 140],
  ['gpt-4o-mini', 128, 64, 2833 + 5667],
  // Patches of 28 pixels, at most 1,568 of them, then at most 4,784.
  ['claude-sonnet-4-6', 1092, 1092, 39 * 39],
  ['claude-sonnet-4-6', 200, 200, 64],
  ['claude-opus-4-8', 1092, 1092, 39 * 39],
  ['gemini-2.5-pro', 384, 384, 258],
  ['gemini-2.5-pro', 1000, 700, 516],
  ['gemini-2.5-pro', 4_294_967_295, 4_294_967_295, 16 * 258],
  ['gemini-3-pro-preview', 4000, 3000, 1120],
  // Strips: no side is less than one patch or tile.
  ['gpt-4.1-mini', 1, 4_294_967_295, Math.ceil(1536 * 1.62)],
  ['gpt-4o', 4_294_967_295, 1, 85 + 4 * 170],
])('for %s an image of %i × %i pixels is %i tokens', (model, width, height, expected) => {
  expect(tokens(model, width, height)).toBe(expected)
})

test('images past the limit of a model are scaled down to it', () => {
  for (const [width, height] of [
    [4000, 3000],
    [8000, 200],
    [3000, 8000],
  ] as const) {
    expect(tokens('claude-sonnet-4-6', width, height)).toBeLessThanOrEqual(1568)
    expect(tokens('claude-opus-4-8', width, height)).toBeLessThanOrEqual(4784)
    expect(tokens('gpt-5-mini', width, height)).toBeLessThanOrEqual(Math.ceil(1536 * 1.62))
  }
  expect(tokens('claude-sonnet-4-6', 4000, 3000)).toBeGreaterThan(1450)
  expect(tokens('claude-opus-4-8', 4000, 3000)).toBeGreaterThan(4500)
})

test('at low detail the size of an image does not matter', () => {
  expect(tokens('gpt-4o', 4000, 4000, 'low')).toBe(85)
  expect(tokens('gpt-5', 10, 10, 'low')).toBe(70)
})

test('an image counts the same in the three vocabularies, and an unknown size is taken for 1024 × 1024', async () => {
  const data = png(640, 480)
  const blocks = [
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data } },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
  ]
  const elsewhere = [
    { type: 'image', source: { kind: 'url', url: 'https://images.invalid/a.png' } },
    { type: 'image_url', image_url: { url: 'https://images.invalid/a.png' } },
    { type: 'image', source: { type: 'file', file_id: 'file_1' } },
  ]
  for (const tokenizer of [await getTokenizer('gpt-4o'), createEstimator({ model: 'claude-sonnet-4-6' })]) {
    const base = tokenizer.countMessages([{ role: 'user', content: [] }])
    const expected = tokens(tokenizer.model, 640, 480)
    const unknown = tokens(tokenizer.model, 1024, 1024)
    for (const block of blocks)
      expect(tokenizer.countMessages([{ role: 'user', content: [block] }]) - base).toBe(expected)
    for (const block of elsewhere)
      expect(tokenizer.countMessages([{ role: 'user', content: [block] }]) - base).toBe(unknown)
  }
})

test('the detail of an OpenAI image is heeded', async () => {
  const tokenizer = await getTokenizer('gpt-4o')
  const image = (detail: string) => [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png(900, 900)}`, detail } },
  ]
  const base = tokenizer.countMessages([{ role: 'user', content: [] }])
  expect(tokenizer.countMessages([{ role: 'user', content: image('low') }]) - base).toBe(85)
  expect(tokenizer.countMessages([{ role: 'user', content: image('auto') }]) - base).toBe(765)
})
