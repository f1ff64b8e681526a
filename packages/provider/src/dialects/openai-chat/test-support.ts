import fc from 'fast-check'

/*
 * For this folder's own tests: requests as clients of OpenAI's SDKs write them, within the domain in which decoding and
 * encoding give the same JSON. Nothing here is built.
 */

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,11}$/)
const json = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const base64 = fc.base64String({ maxLength: 16 })

/** An object of which each field may be missing, or `null`, which says the same. */
const sparse = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, fc.option(field, { nil: null, freq: 9 })]),
    ),
    { requiredKeys: [] },
  )

const mark = fc.record(
  { cache_control: fc.constant({ type: 'ephemeral' }), prompt_cache_breakpoint: json },
  { requiredKeys: [] },
)
const textPart = fc.tuple(fc.record({ type: fc.constant('text'), text }), mark).map(merge)
const imagePart = fc
  .tuple(
    fc.record({
      type: fc.constant('image_url'),
      image_url: fc.record(
        {
          url: fc.oneof(
            fc.webUrl(),
            base64.map((data) => `data:image/png;base64,${data}`),
          ),
          detail: fc.constantFrom('auto', 'low', 'high'),
        },
        { requiredKeys: ['url'] },
      ),
    }),
    mark,
  )
  .map(merge)
const audioPart = fc.record({
  type: fc.constant('input_audio'),
  input_audio: fc.record({ data: base64, format: fc.constantFrom('wav', 'mp3') }),
})
const fileData = base64.map((data) => `data:application/pdf;base64,${data}`)
const filePart = fc.oneof(
  fc
    .tuple(
      fc.record({
        type: fc.constant('file'),
        file: fc.oneof(fc.record({ file_id: word }), fc.record({ file_data: fileData, filename: word })),
      }),
      mark,
    )
    .map(merge),
  fc.record({ type: fc.constant('file'), file: fc.record({ file_data: fileData }) }),
)
const laterPart = fc.record({ type: fc.constant('video_url'), video_url: json })

const texts = fc.oneof(text, fc.array(textPart, { minLength: 1, maxLength: 3 }))
const parts = fc.array(fc.oneof(textPart, imagePart, audioPart, filePart, laterPart), {
  minLength: 1,
  maxLength: 4,
})

const callArguments = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(value, null, 2)),
  fc.constantFrom('{"n":9007199254740993}', '{"cut":', '[1]', '{"a":1.0}', 'no JSON'),
)
const call = fc.oneof(
  fc.record({
    type: fc.constant('function'),
    function: fc.record({ name: word, arguments: callArguments }),
  }),
  fc.record({ type: fc.constant('custom'), custom: fc.record({ name: word, input: text }) }),
)

/** A step with calls and a result for each, in their order; `at` makes the ids of a history differ. */
const loop = (at: number) =>
  fc
    .record({
      calls: fc.array(call, { minLength: 1, maxLength: 3 }),
      content: fc.oneof(fc.constant(null), texts),
      reasoning: some(text),
      results: fc.array(texts, { minLength: 3, maxLength: 3 }),
      extra: some(json),
    })
    .map(({ calls, content, reasoning, results, extra }) => [
      {
        role: 'assistant',
        content,
        ...(reasoning !== undefined && { reasoning_content: reasoning }),
        tool_calls: calls.map((one, index) => ({ id: `call_${at}_${index}`, ...one })),
        ...(extra !== undefined && { later_field: extra }),
      },
      ...calls.map((_, index) => ({
        role: 'tool',
        tool_call_id: `call_${at}_${index}`,
        content: results[index],
        ...(extra !== undefined && { later_field: extra }),
      })),
    ])

const answer = fc
  .tuple(
    fc.oneof(
      fc.record({ role: fc.constant('assistant'), content: texts }),
      fc.record({ role: fc.constant('assistant'), content: fc.constant(null), refusal: text }),
      fc.record({
        role: fc.constant('assistant'),
        content: fc.constant(null),
        audio: fc.record({ id: word }),
      }),
    ),
    sparse({ name: word, reasoning_content: text, annotations: fc.array(json, { maxLength: 1 }) }),
  )
  .map(merge)
const prompt = fc
  .tuple(
    fc.record({ role: fc.constantFrom('system', 'developer'), content: texts }),
    sparse({ name: word, later_field: json }),
  )
  .map(merge)
const question = fc
  .tuple(
    fc.record({ role: fc.constant('user'), content: fc.oneof(text, fc.constant(''), parts) }),
    sparse({ name: word, later_field: json }),
  )
  .map(merge)

const history = fc
  .array(fc.oneof(prompt, question, answer, fc.constant('loop' as const)), { minLength: 1, maxLength: 6 })
  .chain((steps) => fc.tuple(...steps.map((step, at) => (step === 'loop' ? loop(at) : fc.constant([step])))))
  .map((steps) => steps.flat())

const tool = fc.oneof(
  fc
    .tuple(
      fc.record({
        type: fc.constant('function'),
        function: fc
          .tuple(
            fc.record({ name: word, parameters: json }),
            sparse({ description: text, strict: fc.boolean(), later_field: json }),
          )
          .map(merge),
      }),
      mark,
    )
    .map(merge),
  fc.record({
    type: fc.constant('custom'),
    custom: fc
      .tuple(
        fc.record({ name: word }),
        sparse({
          description: text,
          format: fc.oneof(
            fc.constant({ type: 'text' }),
            fc.record({
              type: fc.constant('grammar'),
              grammar: fc.record({ syntax: fc.constant('lark'), definition: text }),
            }),
          ),
        }),
      )
      .map(merge),
  }),
)

interface WireTool {
  type: string
  [kind: string]: unknown
}

const named = (one: WireTool) => {
  const inner = one[one.type]
  const name = typeof inner === 'object' && inner !== null && 'name' in inner ? inner.name : ''
  return { type: one.type, [one.type]: { name } }
}

const toolName = (one: WireTool) => JSON.stringify(Object.values(named(one)).at(-1))

const tools = fc
  .uniqueArray(tool as fc.Arbitrary<WireTool>, { minLength: 1, maxLength: 4, selector: toolName })
  .chain((list) =>
    fc.record(
      {
        tools: fc.constant(list),
        tool_choice: fc.oneof(
          fc.constantFrom('auto', 'none', 'required'),
          fc.constantFrom(...list).map(named),
          fc.record({
            type: fc.constant('allowed_tools'),
            allowed_tools: fc.record({
              mode: fc.constantFrom('auto', 'required'),
              tools: fc.subarray(list, { minLength: 1 }).map((left) => left.map(named)),
            }),
          }),
        ),
        parallel_tool_calls: fc.boolean(),
      },
      { requiredKeys: ['tools'] },
    ),
  )

const format = fc.oneof(
  fc.constant({ type: 'json_object' }),
  fc.record({
    type: fc.constant('json_schema'),
    json_schema: fc
      .tuple(fc.record({ name: word, schema: json }), sparse({ description: text, strict: fc.boolean() }))
      .map(merge),
  }),
)

const number = fc.double({ min: -2, max: 2, noNaN: true }).map((value) => value + 0)
const options = sparse({
  temperature: number,
  top_p: number,
  stop: fc.array(text, { minLength: 1, maxLength: 4 }),
  response_format: format,
  reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'later'),
  metadata: fc.dictionary(word, text, { maxKeys: 2 }).map((metadata) => ({ ...metadata, trace: 't' })),
  user: text,
  seed: fc.integer(),
  logit_bias: fc.dictionary(fc.stringMatching(/^\d{1,5}$/), fc.integer({ min: -100, max: 100 })),
  n: fc.constant(1),
  logprobs: fc.boolean(),
  top_logprobs: fc.nat(20),
  presence_penalty: number,
  frequency_penalty: number,
  store: fc.boolean(),
  service_tier: fc.constantFrom('auto', 'flex', 'later'),
  prediction: fc.record({ type: fc.constant('content'), content: texts }),
  modalities: fc.constant(['text', 'audio']),
  audio: fc.constant({ voice: 'alloy', format: 'wav' }),
  web_search_options: json,
  verbosity: fc.constantFrom('low', 'medium', 'high'),
  prompt_cache_key: text,
  safety_identifier: text,
  later_field: json,
})

const streaming = fc.oneof(
  fc.constant({}),
  fc.constant({ stream: true, stream_options: { include_usage: true } }),
  fc.boolean().map((padded) => ({
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: padded },
  })),
)

function merge<T extends readonly object[]>(objects: T): object {
  return Object.assign({}, ...objects)
}

/** A request whose limit is `max_completion_tokens`. */
export const wireRequest: fc.Arbitrary<object> = fc
  .tuple(
    fc.record({ model: fc.constant('some-model'), messages: history }),
    fc.oneof(fc.constant({}), tools),
    options,
    streaming,
    sparse({ max_completion_tokens: fc.integer({ min: 1, max: 100_000 }) }),
  )
  .map(merge)
