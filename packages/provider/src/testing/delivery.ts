import type { FakeDelivery } from './types.ts'

/** The bytes of a body as they travel: its lines ended, its pieces cut and encoded as `delivery` says. */
export async function* deliver(
  chunks: AsyncIterable<string>,
  streamed: boolean,
  delivery: FakeDelivery,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const { cut = 'events', bom, gzip } = delivery
  const cutter = createCutter(cut)
  const pack = async (piece: Uint8Array) => (gzip ? await toGzip(piece) : piece)
  let isFirst = true
  let broken: { error: unknown } | undefined
  try {
    for await (const chunk of chunks) {
      const lines = streamed ? toLines(chunk, delivery) : chunk
      const text = streamed && isFirst && bom ? `\uFEFF${lines}` : lines
      isFirst = false
      for (const piece of cutter.take(encoder.encode(text))) yield await pack(piece)
    }
  } catch (error) {
    broken = { error }
  }
  // What was made before a break arrives, however it was to be cut.
  const rest = cutter.end()
  if (rest.length > 0) yield await pack(rest)
  if (broken !== undefined) throw broken.error
}

const toLines = (chunk: string, { lineEnd = '\n', comments, tight }: FakeDelivery): string => {
  const spaced = tight ? chunk.replaceAll(/^(\w+): /gm, '$1:') : chunk
  const commented = comments ? `: PROCESSING\n\n${spaced}` : spaced
  return lineEnd === '\n' ? commented : commented.replaceAll('\n', lineEnd)
}

/** Cuts bytes that come in pieces into others; what makes no piece yet is kept. */
const createCutter = (cut: NonNullable<FakeDelivery['cut']>) => {
  let kept: Uint8Array = new Uint8Array()
  let seed = 1
  const nextLength = (): number => {
    if (cut === 'events') return kept.length
    if (cut === 'none') return Number.POSITIVE_INFINITY
    if (cut !== 'random') return cut
    // A linear congruential generator: as many lengths as a test needs, the same in each run.
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return 1 + (seed % 97)
  }
  return {
    *take(bytes: Uint8Array): Generator<Uint8Array> {
      kept = join(kept, bytes)
      while (kept.length > 0) {
        const length = nextLength()
        // A random piece may end with what there is; it need not wait for more.
        if (length > kept.length && cut !== 'random') return
        yield kept.subarray(0, length)
        kept = kept.subarray(length)
      }
    },
    end: () => kept,
  }
}

const join = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length === 0) return right
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}

/** One member of its own, so that whoever decodes has all of it at once; members in a row are one gzip file. */
const toGzip = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const packed = new Response(new Uint8Array(bytes)).body?.pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}
