import type { FakeApi } from '../api.ts'
import { type Fields, isFields, toFields, toList, unknownKey } from '../json.ts'
import { tokens } from '../steps.ts'
import type { FakeFault } from '../types.ts'
import { keyFaults, openaiApi } from './api.ts'
import { invalid } from './rules.ts'

const topLevel = ['input', 'model', 'encoding_format', 'dimensions', 'user']
const defaultDimensions = 8

function* bodyFaults(body: unknown): Generator<FakeFault> {
  if (!isFields(body)) {
    yield invalid('We could not parse the JSON body of your request.')
    return
  }
  const extra = unknownKey(body, topLevel)
  if (extra !== undefined) yield invalid(`Unknown parameter: '${extra}'.`, extra, 'unknown_parameter')
  if (typeof body.model !== 'string') yield invalid('you must provide a model parameter')
  if (inputs(body).length === 0 || inputs(body).includes('')) yield invalid("'$.input' is invalid.", 'input')
  const format = body.encoding_format ?? 'float'
  if (format !== 'float' && format !== 'base64') {
    yield invalid(
      `Invalid value: '${String(format)}'. Supported values are: 'float' and 'base64'.`,
      'encoding_format',
    )
  }
}

const inputs = ({ input }: Fields): unknown[] => (typeof input === 'string' ? [input] : toList(input))

/** The same numbers for the same input, each of them exact in 32 bits. */
const toVector = (input: unknown, dimensions: number): Float32Array => {
  const { length } = JSON.stringify(input)
  return Float32Array.from({ length: dimensions }, (_, at) => (length + at) / 64)
}

const toBase64 = (vector: Float32Array): string => {
  const bytes = new Uint8Array(vector.buffer)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** OpenAI's Embeddings API. */
export const embeddingsApi: FakeApi = {
  ...openaiApi,
  path: '/v1/embeddings',
  *faults(request, rules) {
    yield* keyFaults(request, rules)
    yield* bodyFaults(request.body)
  },
  toWhole(_steps, { request }) {
    const body = toFields(request.body)
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : defaultDimensions
    const data = inputs(body).map((input, index) => {
      const vector = toVector(input, dimensions)
      const embedding = body.encoding_format === 'base64' ? toBase64(vector) : [...vector]
      return { object: 'embedding', index, embedding }
    })
    const used = tokens(body.input)
    return { object: 'list', data, model: body.model, usage: { prompt_tokens: used, total_tokens: used } }
  },
}
