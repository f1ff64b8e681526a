import { isHere, lengthOf, mayStandAt, type Needle, type Span } from './needle.ts'

/** A needle whose anchor begins so many bytes before the pair. */
interface Candidate {
  needle: Needle
  anchor: Span
  offset: number
}

/** The pairs of bytes by which needles are found, and one further byte for each that tells most of what is none. */
export interface Pairs {
  /** By a pair, 0 or its number. */
  readonly numbers: Uint8Array
  /** How far behind the pair's first byte its further byte stands. */
  readonly steps: Int8Array
  /** 1 for a further byte that may stand there, by number and byte. */
  readonly allowed: Uint8Array
  /** By number. */
  readonly candidates: readonly (readonly Candidate[])[]
}

/** Two bytes as one number. */
export const pairAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

/**
 * What streams are mostly made of. It decides nothing but how fast a search is: a pair that stands here is looked at in
 * vain in every event, so others are chosen where there is a choice.
 */
const usual = new TextEncoder().encode(
  'data: {"id":"chatcmpl-","object":"chat.completion.chunk","created":17,"model":"gpt-4.1","service_tier":"default",' +
    '"system_fingerprint":"fp_","choices":[{"index":0,"delta":{"role":"assistant","content":" the"},"logprobs":null,' +
    '"finish_reason":null}],"usage":null,"obfuscation":""}\n\nevent: content_block_delta\ndata: ' +
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" and"}}\n\n',
)

/**
 * Chooses as many neighbouring pairs of each needle as a step is long, of which one is always looked at. An anchor of
 * at least `least` bytes has as many.
 */
export const choosePairs = (needles: readonly Needle[], least: number, stride: number): Pairs => {
  const usualAt = new Map<number, number[]>()
  for (let at = 0; at + 1 < usual.length; at += 1) pushTo(usualAt, pairAt(usual, at), at)
  const chosen = new Map<number, Candidate[]>()
  const costOf = (pair: number) => (chosen.has(pair) ? 0 : (usualAt.get(pair)?.length ?? 0))

  const toWindows = (needle: Needle): Candidate[][] =>
    needle.anchors
      .filter((anchor) => lengthOf(anchor) >= least)
      .flatMap((anchor) =>
        Array.from({ length: lengthOf(anchor) - stride }, (_, first) =>
          Array.from({ length: stride }, (_, n) => ({ needle, anchor, offset: first + n })),
        ),
      )
  // Those without a choice first: what they have costs the others nothing.
  const windows = needles.map(toWindows).toSorted((a, b) => a.length - b.length)
  for (const ofNeedle of windows) {
    const costs = ofNeedle.map((window) => window.reduce((sum, one) => sum + costOf(pairOf(one)), 0))
    for (const one of ofNeedle[costs.lastIndexOf(Math.min(...costs))] ?? []) pushTo(chosen, pairOf(one), one)
  }
  return toTables(chosen, usualAt)
}

const pushTo = <Item>(lists: Map<number, Item[]>, key: number, item: Item): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

const pairOf = ({ needle, anchor, offset }: Candidate): number => pairAt(needle.text, anchor.from + offset)

const toTables = (
  chosen: ReadonlyMap<number, readonly Candidate[]>,
  usualAt: ReadonlyMap<number, readonly number[]>,
): Pairs => {
  const numbers = new Uint8Array(65_536)
  const steps = new Int8Array(chosen.size + 1)
  const allowed = new Uint8Array((chosen.size + 1) << 8)
  const candidates: (readonly Candidate[])[] = [[]]
  for (const [pair, ofPair] of chosen) {
    const number = candidates.push(ofPair) - 1
    const { step, bytes } = chooseStep(ofPair, usualAt.get(pair) ?? [])
    numbers[pair] = number
    steps[number] = step
    for (const byte of bytes) allowed[(number << 8) | byte] = 1
  }
  return { numbers, steps, allowed, candidates }
}

/** The place in all needles of a pair where the least of what is usual may stand, and then the fewest bytes. */
const chooseStep = (
  candidates: readonly Candidate[],
  usualAt: readonly number[],
): { step: number; bytes: Set<number> } => {
  const back = Math.min(...candidates.map(({ offset }) => offset))
  const ahead = Math.min(
    ...candidates.map(({ needle, anchor, offset }) => needle.text.length - anchor.from - offset),
  )
  let best = { step: 0, bytes: new Set<number>(), cost: Number.POSITIVE_INFINITY }
  for (let step = -back; step < ahead; step += 1) {
    const bytes = new Set(
      candidates.flatMap(({ needle, anchor, offset }) => [
        ...mayStandAt(needle, anchor, anchor.from + offset + step),
      ]),
    )
    const cost = bytes.size + 256 * usualAt.filter((at) => bytes.has(usual[at + step] ?? 0)).length
    if (cost < best.cost) best = { step, bytes, cost }
  }
  return best
}

/** Where the first of a pair's needles has its anchor, from `from` on, or -1. The pair stands at `at`. */
export const firstHere = (
  { numbers, candidates }: Pairs,
  bytes: Uint8Array,
  at: number,
  from: number,
): number => {
  let found = -1
  for (const { needle, anchor, offset } of candidates[numbers[pairAt(bytes, at)] ?? 0] ?? []) {
    const start = at - offset
    if (start < from || !isHere(needle, anchor, bytes, start)) continue
    if (found < 0 || start < found) found = start
  }
  return found
}

/** How far a pair may stand behind the beginning of its anchor. */
export const reachOf = ({ candidates }: Pairs): number =>
  Math.max(...candidates.flat().map(({ offset }) => offset))
