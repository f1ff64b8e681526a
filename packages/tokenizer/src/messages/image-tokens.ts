import type { ModelInfo } from '../models.ts'
import type { ImageSize } from './image-size.ts'

/** How closely a model looks at an image (OpenAI's `detail`); the default is `high`. */
export type ImageDetail = 'low' | 'high'

/** Tokens of an image whose size is not known: one of 1024 × 1024 pixels, which most clients scale down to. */
const assumedSize: ImageSize = { width: 1024, height: 1024 }

const scaledToFit = ({ width, height }: ImageSize, scale: number): ImageSize =>
  scale < 1 ? { width: width * scale, height: height * scale } : { width, height }

const patches = (size: ImageSize, side: number): number =>
  Math.ceil(size.width / side) * Math.ceil(size.height / side)

/** Scales down until the patches are at most `limit`, as much as the shape allows. */
const patchesWithin = (size: ImageSize, side: number, limit: number): number => {
  if (patches(size, side) <= limit) return patches(size, side)
  let scale = Math.sqrt((side * side * limit) / (size.width * size.height))
  // The last patch of a row is whole even where the image ends within it, so the root may be a little too large.
  while (patches(scaledToFit(size, scale), side) > limit) scale *= 0.999
  return patches(scaledToFit(size, scale), side)
}

/** As OpenAI documents it: scaled to the area of 1,536 patches of 32 pixels, then until one side is whole patches. */
const patchesOf1536 = (size: ImageSize): number => {
  if (patches(size, 32) <= 1_536) return patches(size, 32)
  const scale = Math.sqrt((32 * 32 * 1_536) / (size.width * size.height))
  const across = (size.width * scale) / 32
  const down = (size.height * scale) / 32
  const fit = Math.min(Math.floor(across) / across, Math.floor(down) / down)
  // A strip narrower than a patch still takes a row of them.
  if (fit === 0) return 1_536
  // A side that is whole patches must not become one more by rounding.
  return Math.ceil(across * fit - 1e-9) * Math.ceil(down * fit - 1e-9)
}

// Base tokens, and tokens per tile of 512 pixels: https://platform.openai.com/docs/guides/images-vision
const tileCosts: readonly [RegExp, number, number][] = [
  [/gpt-4o-mini/, 2_833, 5_667],
  [/^(o1|o3)/, 75, 150],
  [/gpt-5/, 70, 140],
  [/./, 85, 170],
]

// Factors on patches of 32 pixels, of which there are at most 1,536; same page.
const patchFactors: readonly [RegExp, number][] = [
  [/(gpt-5[\w.]*|gpt-4\.1)-mini/, 1.62],
  [/(gpt-5[\w.]*|gpt-4\.1)-nano/, 2.46],
  [/o4-mini|codex-mini/, 1.72],
]

const gptTokens = (model: string, size: ImageSize, detail: ImageDetail): number => {
  const factor = patchFactors.find(([pattern]) => pattern.test(model))?.[1]
  if (factor !== undefined) return Math.ceil(patchesOf1536(size) * factor)
  const [, base, tile] = tileCosts.find(([pattern]) => pattern.test(model)) ?? [undefined, 85, 170]
  if (detail === 'low') return base
  const fitted = scaledToFit(size, 2_048 / Math.max(size.width, size.height))
  const scaled = scaledToFit(fitted, 768 / Math.min(fitted.width, fitted.height))
  const width = Math.max(1, Math.round(scaled.width))
  return base + tile * patches({ width, height: Math.max(1, Math.round(scaled.height)) }, 512)
}

/** Patches of 28 pixels: https://platform.claude.com/docs/en/build-with-claude/vision */
const claudeTokens = (size: ImageSize, longestSide: number, limit: number): number =>
  patchesWithin(scaledToFit(size, longestSide / Math.max(size.width, size.height)), 28, limit)

/**
 * 258 per tile of 768 pixels, at most 3,072 pixels a side, and for a small image; from Gemini 3 on a fixed number at
 * the resolution that is the default:
 * https://ai.google.dev/gemini-api/docs/tokens, https://ai.google.dev/gemini-api/docs/media-resolution
 */
const geminiTokens = (model: string, size: ImageSize): number => {
  if (/gemini-([3-9]|\d\d)/.test(model)) return 1_120
  const longest = Math.max(size.width, size.height)
  return longest <= 384 ? 258 : 258 * patches(scaledToFit(size, 3_072 / longest), 768)
}

/**
 * Tokens of an image by the provider's published formula, from its size in pixels.
 * An unknown size counts as 1024 × 1024; families without a published formula count as OpenAI's tiles.
 */
export const imageTokens = (
  { name, family }: ModelInfo,
  size: ImageSize | undefined,
  detail: ImageDetail,
): number => {
  const known = size ?? assumedSize
  if (family === 'claude') return claudeTokens(known, 1_568, 1_568)
  if (family === 'claude-next') return claudeTokens(known, 2_576, 4_784)
  if (family === 'gemini') return geminiTokens(name, known)
  return gptTokens(name, known, detail)
}
