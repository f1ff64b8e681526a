/** The public face of `@gateway/tokenizer` as it is built, on every runtime: see `pnpm run check:runtimes`. */
import {
  addUsage,
  countAsync,
  createEncoding,
  createEstimator,
  createStreamCounter,
  createTokenizer,
  detectModel,
  type EncodingSource,
  getTokenizer,
  isTokenizerError,
  loadEncoding,
  TokenizerError,
} from '@gateway/tokenizer'
import { cl100kBase } from '@gateway/tokenizer/cl100k_base'
import { o200kBase, o200kHarmony } from '@gateway/tokenizer/o200k_base'
import { p50kBase } from '@gateway/tokenizer/p50k_base'
import { assertEqual, type PortableTests, thrownBy } from 'gateway-tooling/portable'
import { everyCharacter, fingerprint } from './support.ts'
import { everyCharacterIds, runs, vectors } from './vectors.ts'

const encodings = new Map(
  [o200kBase, cl100kBase, p50kBase].map((source) => [source.name, createEncoding(source)]),
)

const ofEach = (
  what: string,
  test: (name: string, encoding: ReturnType<typeof createEncoding>) => void,
): PortableTests =>
  Object.fromEntries(
    [...encodings].map(([name, encoding]) => [`${name}: ${what}`, () => test(name, encoding)]),
  )

const exact: PortableTests = {
  ...ofEach('the ids of text are those of tiktoken, and decode to it', (name, { encode, decode, count }) => {
    for (const [text, ids] of vectors) {
      const tokens = encode(text)
      assertEqual([text, fingerprint(tokens)], [text, ids[name]])
      assertEqual([decode(tokens), count(text)], [text.toWellFormed(), tokens.length])
    }
  }),
  // The classes of characters come from the engine, and engines differ in the version of Unicode.
  ...ofEach('the engine cuts at every character as tiktoken does', (name, { encode }) => {
    assertEqual(fingerprint(encode(everyCharacter())), everyCharacterIds[name])
  }),
  ...ofEach('long pieces have the ids of tiktoken', (name, { encode }) => {
    for (const [unit, ids] of runs) assertEqual(fingerprint(encode(unit.repeat(900))), ids[name])
  }),
  ...ofEach('a text in pieces counts as the whole, at every moment', (_, { count, startCount }) => {
    for (const [text] of vectors) {
      const running = startCount()
      for (let at = 0; at < text.length; at += 1) {
        running.push(text.charAt(at))
        assertEqual(running.count(), count(text.slice(0, at + 1)))
      }
    }
  }),
  ...ofEach('a limit is met to the token', (_, { count, isWithinLimit }) => {
    const text = 'One limit, and many words. '.repeat(900)
    const tokens = count(text)
    assertEqual([isWithinLimit(text, tokens), isWithinLimit(text, tokens - 1)], [true, false])
  }),
  ...ofEach('an id that is none is refused', async (_, { decode }) => {
    const error = await thrownBy(() => decode([999_999]))
    assertEqual(isTokenizerError(error) && error.code, 'unknown-token')
  }),
  'o200k_harmony has special tokens of its own': () => {
    const harmony = createEncoding(o200kHarmony)
    assertEqual(harmony.decode([200_006, 1428, 200_008]), '<|start|>user<|message|>')
  },
  'a million letters are counted': () => {
    assertEqual(encodings.get('o200k_base')?.count('a'.repeat(1_000_000)), 125_000)
  },
  'a damaged table is refused': async () => {
    const damaged: EncodingSource = { ...p50kBase, ranks: 'nothing' }
    const error = await thrownBy(() => createEncoding(damaged))
    assertEqual(isTokenizerError(error) && error.code, 'invalid-table')
  },
}

const parameters = {
  type: 'object',
  properties: {
    location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
    unit: {
      type: 'string',
      description: 'The unit of temperature to return',
      enum: ['celsius', 'fahrenheit'],
    },
  },
  required: ['location'],
}
/** The request of OpenAI's cookbook, for which it gives the counts. */
const request = {
  messages: [
    {
      role: 'system',
      content: 'You are a helpful assistant that can answer to questions about the weather.',
    },
    { role: 'user', content: "What's the weather like in San Francisco?" },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_current_weather',
        description: 'Get the current weather in a given location',
        parameters,
      },
    },
  ],
}

const models: PortableTests = {
  'getTokenizer: loads the table of a model, once': async () => {
    const gpt4o = await getTokenizer('openai/gpt-4o')
    assertEqual(
      [gpt4o.kind, gpt4o.encoding, gpt4o.encode?.('hello world')],
      ['exact', 'o200k_base', [24_912, 2_375]],
    )
    const encoding = await loadEncoding('o200k_base')
    assertEqual(encoding === (await loadEncoding('o200k_base')), true)
    assertEqual([detectModel('claude-sonnet-4-5').version, detectModel('x').family], [4.5, 'unknown'])
  },
  'countRequest: counts what OpenAI says that it counts': async () => {
    assertEqual((await getTokenizer('gpt-4')).countRequest(request), 105)
    assertEqual((await getTokenizer('gpt-4o')).countRequest(request), 101)
    const error = await thrownBy(() => createEstimator({ model: 'x' }).countRequest({}))
    assertEqual(error instanceof TokenizerError && error.code, 'invalid-input')
  },
  'estimates: are the same on every engine, and say what they are': () => {
    const text = vectors.map(([each]) => each).join('\n')
    const estimates = ['claude-sonnet-4-6', 'claude-opus-4-8', 'gemini-2.5-pro', 'deepseek-chat'].map(
      (model) => {
        const { kind, count, isWithinLimit } = createEstimator({ model })
        const tokens = count(text)
        assertEqual(
          [kind, isWithinLimit(text, tokens), isWithinLimit(text, tokens - 1)],
          ['estimate', true, false],
        )
        return tokens
      },
    )
    assertEqual(estimates, expectedEstimates)
  },
  'createStreamCounter: ends with the count of the whole, or the figures of the provider': () => {
    const encoding = encodings.get('o200k_base')
    const tokenizer = createTokenizer({ model: 'gpt-4o', encoding })
    const counter = createStreamCounter(tokenizer)
    const text = vectors.map(([each]) => each).join('')
    for (let at = 0; at < text.length; at += 3) counter.push(text.slice(at, at + 3))
    counter.setInputTokens(5)
    const output = tokenizer.count(text)
    assertEqual(counter.complete(), {
      inputTokens: 5,
      outputTokens: output,
      totalTokens: 5 + output,
      estimated: true,
    })
    counter.setUsage({ inputTokens: 7, outputTokens: 9 })
    assertEqual(counter.usage(), { inputTokens: 7, outputTokens: 9, totalTokens: 16, estimated: false })
    const one = { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
    assertEqual(addUsage(one, one), { inputTokens: 2, outputTokens: 2, totalTokens: 4 })
  },
  'countAsync: counts a large text as at once, and ends with the reason of an abort': async () => {
    const tokenizer = await getTokenizer('gpt-4o')
    const text = 'Some words, and 😀 between. '.repeat(8_000)
    assertEqual(await countAsync(tokenizer, text), tokenizer.count(text))
    const reason = new Error('enough')
    const controller = new AbortController()
    const pending = thrownBy(() => countAsync(tokenizer, text, { signal: controller.signal }))
    controller.abort(reason)
    assertEqual((await pending) === reason, true)
  },
}

/** By model, of all texts of `vectors` in lines. */
const expectedEstimates = [622, 787, 490, 469]

export const tests: PortableTests = { ...exact, ...models }
