/*
 * What this wire accepts from a model, by its name alone: the rules are the API's own and hold for names that no
 * catalogue knows yet. A Claude model without a readable version is taken for a new one, since leaving an option out
 * is harmless and sending it is a 400.
 */

/** `[4, 6]` of `claude-opus-4-6-20260205`; `undefined` for a name without a version. */
const claudeVersion = (model: string): [major: number, minor: number] | undefined => {
  const match = /claude-(?:[a-z]+-)*(\d{1,2})(?:[.-](\d{1,2})(?!\d))?(?!\d)/.exec(model)
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0)]
}

const isClaude = (model: string): boolean => model.includes('claude-')

const isAtLeast = (model: string, major: number, minor: number): boolean => {
  if (!isClaude(model)) return false
  const version = claudeVersion(model)
  return version === undefined || version[0] > major || (version[0] === major && version[1] >= minor)
}

/** After Opus 4.6: no temperature, top_p or top_k, and thinking without a budget. */
export const isAdaptive = (model: string): boolean => isAtLeast(model, 4, 7)

/** From 4.1 on, temperature and top_p exclude each other. */
export const takesOneSampler = (model: string): boolean => isAtLeast(model, 4, 1)

/** A history that ends with the assistant is gone on from; since 4.6 it is a 400. */
export const takesPrefill = (model: string): boolean => !isAtLeast(model, 4, 6)

/** Calls that match their schema exactly came with 4.5. */
export const takesStrictTools = (model: string): boolean => !isClaude(model) || isAtLeast(model, 4, 5)

/** Extended thinking came with 3.7; a model that is no Claude behind this wire is asked for it as it is. */
export const thinks = (model: string): boolean => !isClaude(model) || isAtLeast(model, 3, 7)

/** Are two names one model? A dated name and its undated form are, as the API writes dates or as Google does. */
export const isSameModel = (one: string, other: string): boolean => undated(one) === undated(other)

/**
 * The model that takes an answer's signatures back: the one that was asked, under the name that it answers to where both
 * are one. Clouds and proxies let a name of their own stand for a model; whoever asks again uses that name.
 */
export const toSigner = (answered: string | null | undefined, asked: string): string =>
  answered && isSameModel(answered, asked) ? answered : asked

// `claude-opus-4-0` is the undated name of `claude-opus-4-20250514`.
const undated = (model: string): string => model.replace(/(?:[-@]\d{8}|-latest|-0)$/, '')
