import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanText, cutText, shorten, utf8Length } from './text.ts'

const esc = String.fromCharCode(0x1b)
/** Characters of every UTF-8 length, half ones included. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom('a', 'é', '€', '😀', '\ud83d', '\ude00', esc), fc.string({ maxLength: 1 })))
  .map((parts) => parts.join(''))
const bel = String.fromCharCode(0x07)

test('measures UTF-8 exactly as the encoder does, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units)
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
    }),
  )
})

test('cuts between two characters, at most as long as allowed and not a character shorter', () => {
  fc.assert(
    fc.property(anyText, fc.nat(64), (text, maxBytes) => {
      const cut = cutText(text, maxBytes)
      expect(text.startsWith(cut.text)).toBe(true)
      expect(cut.bytes).toBe(utf8Length(cut.text))
      expect(cut.bytes).toBeLessThanOrEqual(maxBytes)
      const next = String.fromCodePoint(text.codePointAt(cut.text.length) ?? 0)
      if (cut.text.length < text.length) expect(cut.bytes + utf8Length(next)).toBeGreaterThan(maxBytes)
    }),
  )
})

test('removes colours, cursor movements, titles and hyperlinks of terminals', () => {
  expect(cleanText(`${esc}[1;31mred${esc}[0m`)).toBe('red')
  expect(cleanText(`a${esc}[2J${esc}[Hb`)).toBe('ab')
  expect(cleanText(`${esc}]0;title${bel}x`)).toBe('x')
  expect(cleanText(`${esc}]8;;https://e.test${esc}\\link${esc}]8;;${esc}\\`)).toBe('link')
  expect(cleanText(`${esc}Pq#0${esc}\\x`)).toBe('x')
  expect(cleanText(`${esc}(Bx${esc}cy`)).toBe('xy')
  expect(cleanText(`${String.fromCharCode(0x9b)}31mx`)).toBe('x')
})

test('keeps line breaks and tabs, and drops the other control characters', () => {
  expect(cleanText('a\tb\r\nc')).toBe('a\tb\r\nc')
  expect(cleanText(`a${String.fromCharCode(0)}b${String.fromCharCode(0x7f)}c${bel}`)).toBe('abc')
})

test('does not let an unterminated terminal sequence swallow the text behind it', () => {
  expect(cleanText(`${esc}]0;title\nthe rest`)).toBe(']0;title\nthe rest')
  expect(cleanText(`cut ${esc}[31`)).toBe('cut [31')
})

test('replaces lone surrogates', () => {
  expect(cleanText('a\ud800b')).toBe('a\ufffdb')
})

test('leaves no control character and no lone surrogate in any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(esc, '[', ']', '\\', bel, 'm', '\ud83d'), anyText)),
      (parts) => {
        const clean = cleanText(parts.join(''))
        expect(clean.isWellFormed()).toBe(true)
        for (const unit of clean) {
          const code = unit.codePointAt(0) ?? 0
          expect((code < 0x20 && !'\n\r\t'.includes(unit)) || (code >= 0x7f && code <= 0x9f)).toBe(false)
        }
      },
    ),
  )
})

test('shortens without cutting a character in two', () => {
  expect(shorten('abc', 3)).toBe('abc')
  expect(shorten('abcd', 3)).toBe('abc…')
  expect(shorten('ab😀d', 3)).toBe('ab…')
  expect(shorten('a😀cd', 3)).toBe('a😀…')
})
