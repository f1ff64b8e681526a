import fc from 'fast-check'
import { expect, test } from 'vitest'
import { danglingToolUses } from '../history.ts'
import type { SessionMessage } from '../types.ts'
import { type FittedContext, fitContext } from './fit-context.ts'

/** Costs 3 a request, 1 a message, and what its size says. */
let counted = 0
const tokenizer = {
  countMessages: (messages: readonly { role: string; content?: unknown }[]): number => {
    counted += messages.length
    const size = (content: unknown) =>
      typeof content === 'string' ? content.length : JSON.stringify(content).length
    return messages.reduce((sum, { content }) => sum + 1 + size(content), messages.length > 0 ? 3 : 0)
  },
}

const text = (role: string, size: number): SessionMessage => ({ role, content: 'x'.repeat(size) })
const uses = (...ids: string[]): SessionMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool-use', id })),
})
const results = (...ids: string[]): SessionMessage => ({
  role: 'tool',
  content: ids.map((toolUseId) => ({ type: 'tool-result', toolUseId })),
})
const exact = (messages: readonly SessionMessage[], system?: string) =>
  tokenizer.countMessages([
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    ...messages,
  ])

/** Ten exchanges of 20 tokens each. */
const conversation = Array.from({ length: 20 }, (_, index) => text(index % 2 === 0 ? 'user' : 'assistant', 9))

test('a history that fits is sent whole, and counted as the request will be', async () => {
  const fitted = await fitContext(conversation, { tokenizer, maxTokens: 500, system: 'Be kind.' })
  expect(fitted).toEqual({
    messages: conversation,
    tokens: exact(conversation, 'Be kind.'),
    dropped: [],
    reservedForSystem: 3 + 1 + 8,
  })
})

test('a history that does not fit loses its oldest exchanges, down to the fill', async () => {
  const fitted = await fitContext(conversation, { tokenizer, maxTokens: 103 })
  expect(fitted.messages[0]?.role).toBe('user')
  expect(fitted.messages).toEqual(conversation.slice(20 - fitted.messages.length))
  expect([...fitted.dropped, ...fitted.messages]).toEqual(conversation)
  expect(fitted.tokens).toBe(exact(fitted.messages))
  expect(fitted.tokens).toBeLessThanOrEqual(103)
})

test('a cut holds for many turns: what is sent grows at its end and starts the same', async () => {
  const history: SessionMessage[] = []
  let moves = 0
  let sent: readonly SessionMessage[] = []
  for (let turn = 0; turn < 200; turn += 1) {
    for (const role of ['user', 'assistant']) {
      history.push(text(role, 9))
      const { messages, tokens } = await fitContext(history, { tokenizer, maxTokens: 403 })
      expect(tokens).toBeLessThanOrEqual(403)
      if (sent.some((message, index) => message !== messages[index])) moves += 1
      sent = messages
    }
  }
  // 400 messages of 10 tokens through a window of 400: a quarter of it is freed each time.
  expect(moves).toBeLessThanOrEqual(38)
  expect(moves).toBeGreaterThan(25)
})

test('system and pinned messages stay where they are', async () => {
  const pinned = text('user', 9)
  const history = [text('system', 5), ...conversation.slice(0, 8), pinned, ...conversation.slice(8)]
  const fitted = await fitContext(history, {
    tokenizer,
    maxTokens: 80,
    pinned: (message) => message === pinned,
  })
  expect(fitted.messages[0]).toBe(history[0])
  expect(fitted.messages).toContain(pinned)
  expect(fitted.dropped).not.toContain(pinned)
  expect(fitted.tokens).toBeLessThanOrEqual(80)
})

test('a pinned message keeps the tool use that it answers', async () => {
  const answer = results('a')
  const history = [text('user', 5), uses('a'), answer, ...conversation]
  const fitted = await fitContext(history, {
    tokenizer,
    maxTokens: 150,
    pinned: (message) => message === answer,
  })
  expect(fitted.messages.slice(0, 2)).toEqual([uses('a'), answer])
})

test('within one long turn the user message stays, and whole tool steps go, oldest first', async () => {
  const steps = Array.from({ length: 10 }, (_, n) => [uses(`id${n}`), results(`id${n}`)])
  const history = [...conversation, text('user', 9), ...steps.flat()]
  const step = exact(steps[0] ?? []) - 3
  const fitted = await fitContext(history, { tokenizer, maxTokens: 3 + 10 + 4 * step })
  expect(fitted.messages[0]).toBe(history[20])
  expect(danglingToolUses(fitted.messages)).toEqual([])
  expect(fitted.messages.slice(1)).toEqual(steps.slice(11 - fitted.messages.length / 2 - 0.5).flat())
  expect(fitted.messages.length).toBeGreaterThanOrEqual(5)
})

test('a context is never empty: the newest user message stays even where it is too large alone', async () => {
  const large = text('user', 1000)
  expect((await fitContext([...conversation, large], { tokenizer, maxTokens: 50 })).messages).toEqual([large])
  const huge = [
    text('user', 9),
    uses('a'),
    { role: 'tool', content: [{ type: 'tool-result', toolUseId: 'a', text: 'x'.repeat(999) }] },
  ]
  expect((await fitContext(huge, { tokenizer, maxTokens: 50 })).messages).toEqual([huge[0]])
  expect((await fitContext([text('assistant', 99)], { tokenizer, maxTokens: 50 })).messages.length).toBe(1)
  expect(await fitContext([], { tokenizer, maxTokens: 50 })).toMatchObject({
    messages: [],
    dropped: [],
    tokens: 3,
  })
})

test('a summary of what was dropped goes in front when it fits', async () => {
  const seen: (readonly SessionMessage[])[] = []
  const summary = text('user', 5)
  const summarise = async (dropped: readonly SessionMessage[]) => {
    seen.push(dropped)
    return summary
  }
  const history = [text('system', 1), ...conversation]
  const plain = await fitContext(history, { tokenizer, maxTokens: 103 })
  const fitted = await fitContext(history, { tokenizer, maxTokens: 103, summarise })
  expect(seen).toEqual([plain.dropped])
  expect(fitted.messages).toEqual([history[0], summary, ...plain.messages.slice(1)])
  expect(fitted.tokens).toBe(exact(fitted.messages))
  const tooLong = await fitContext(history, {
    tokenizer,
    maxTokens: 103,
    summarise: async () => text('user', 99),
  })
  expect(tooLong.messages).toEqual(plain.messages)
  const none = await fitContext(history, { tokenizer, maxTokens: 103, summarise: async () => undefined })
  expect(none.messages).toEqual(plain.messages)
  await fitContext(conversation, { tokenizer, maxTokens: 999, summarise })
  expect(seen.length).toBe(1)
})

test('each message is counted once, however often its history is fitted', async () => {
  const history = Array.from({ length: 500 }, () => text('user', 3))
  await fitContext(history, { tokenizer, maxTokens: 100 })
  counted = 0
  for (let again = 0; again < 5; again += 1) await fitContext(history, { tokenizer, maxTokens: 100 + again })
  expect(counted).toBe(0)
})

test('a budget that is none is refused', async () => {
  await expect(fitContext([], { tokenizer, maxTokens: 0 })).rejects.toMatchObject({ code: 'invalid' })
  await expect(fitContext([], { tokenizer, maxTokens: Number.NaN })).rejects.toMatchObject({
    code: 'invalid',
  })
  await expect(fitContext([], { tokenizer, maxTokens: 5, fill: 2 })).rejects.toMatchObject({
    code: 'invalid',
  })
})

const step = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }).map((size) => [text('user', size)]) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }).map((size) => [text('assistant', size)]) },
  { weight: 2, arbitrary: fc.constant([uses('a', 'b'), results('a'), results('b')]) },
  { weight: 1, arbitrary: fc.constant([text('system', 3)]) },
)

test('whatever the history and the budget, what is kept is legal, in order, and within the budget where it can be', async () => {
  const check = (history: SessionMessage[], maxTokens: number, fitted: FittedContext) => {
    const { messages, dropped } = fitted
    const kept = new Set(messages)
    expect(history.filter((message) => kept.has(message))).toEqual(messages)
    expect(history.filter((message) => !kept.has(message))).toEqual(dropped)
    expect(danglingToolUses(messages)).toEqual([])
    expect(dropped.some(({ role }) => role === 'system')).toBe(false)
    expect(fitted.tokens).toBe(messages.length === 0 ? 3 : exact(messages))
    const newest = history.findLast(({ role }) => role === 'user')
    if (newest !== undefined) expect(kept).toContain(newest)
    if (history.length > 0) expect(messages.length).toBeGreaterThan(0)
    const loose = messages.filter(({ role }) => role !== 'system')
    if (dropped.length > 0 && newest !== undefined) expect(loose[0]?.role).toBe('user')
    if (exact(history) <= maxTokens) expect(dropped).toEqual([])
    // Above the budget only what must stay.
    if (fitted.tokens > maxTokens && newest !== undefined) expect(loose).toEqual([newest])
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 300 }),
      async (steps, maxTokens) => {
        const history = steps.flat().map((message) => ({ ...message }))
        check(history, maxTokens, await fitContext(history, { tokenizer, maxTokens }))
      },
    ),
    { numRuns: 500 },
  )
})

test('a longer history is cut where the shorter one was, or further on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 30, max: 300 }),
      async (steps, maxTokens) => {
        const history = steps.flat().map((message) => ({ ...message }))
        let before: FittedContext | undefined
        for (let end = 1; end <= history.length; end += 1) {
          if (history[end]?.role === 'tool') continue
          const now = await fitContext(history.slice(0, end), { tokenizer, maxTokens })
          for (const gone of before?.dropped ?? []) expect(now.dropped).toContain(gone)
          before = now
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('fitting is linear: ten thousand messages in a small window', async () => {
  const history = Array.from({ length: 10_000 }, (_, index) =>
    text(index % 3 === 0 ? 'user' : 'assistant', 30),
  )
  for (const message of [text('assistant', 30), text('user', 30)]) {
    const same = history.map(() => ({ ...message }))
    expect((await fitContext(same, { tokenizer, maxTokens: 100 })).tokens).toBeLessThanOrEqual(100)
  }
  expect((await fitContext(history, { tokenizer, maxTokens: 100 })).tokens).toBeLessThanOrEqual(100)
})
