import type { JsonObject } from '../types/json.ts'
import type { DialectName, Extensible } from '../types/message.ts'
import { isJsonObject, put } from './json.ts'
import type { Warnings } from './warnings.ts'

/**
 * `extra` is tagged from within: its key `dialect` names the dialect that the other keys belong to, so that the tag
 * goes wherever the fields go (logs, folds, stores). Untagged fields were written by hand for the provider at hand.
 */
const tag = 'dialect'

/** Wraps fields of a dialect for `extra`; `undefined` when there are none. */
export const toExtra = (dialect: DialectName, fields: JsonObject): JsonObject | undefined =>
  isEmpty(fields) ? undefined : { [tag]: dialect, ...fields }

/** Without a list of its keys, which most of what is asked about has none of. */
const isEmpty = (fields: JsonObject): boolean => {
  for (const _ in fields) return false
  return true
}

/** `{ extra }` for spreading into what carries it, or nothing. */
export const withExtra = (
  dialect: DialectName,
  fields: JsonObject,
): { extra: JsonObject } | Record<never, never> => {
  const extra = toExtra(dialect, fields)
  return extra === undefined ? {} : { extra }
}

/** The fields of `extra` that this dialect may send, without the tag; nothing of another dialect's. */
export const ownExtra = (of: Extensible, dialect: DialectName): JsonObject => {
  const { [tag]: origin, ...fields } = of.extra ?? {}
  return origin === undefined || origin === dialect ? fields : {}
}

/** True when `extra` was tagged by this dialect's own decoder. */
export const isTagged = (of: Extensible, dialect: DialectName): boolean => of.extra?.[tag] === dialect

/** Does a field say nothing but what holds without it? Leaving it out loses nothing. */
const isNeutral = (key: string, value: JsonObject[string]): boolean =>
  value === null ||
  value === undefined ||
  value === false ||
  // A document whose text is sent, a refusal that is sent as the text that it is, and tools that alone are sent.
  key === 'original' ||
  (key === 'type' && value === 'refusal') ||
  (key === 'tool_choice' && isJsonObject(value) && value.type === 'allowed_tools') ||
  (key === 'custom' && isJsonObject(value) && saysNoMore(value)) ||
  (Object.hasOwn(defaults, key) && JSON.stringify(value) === JSON.stringify(defaults[key]))

/** Is a custom tool's text of any form, or of a grammar, which its function's parameter describes? */
const saysNoMore = ({ format, ...rest }: JsonObject): boolean =>
  Object.keys(rest).length === 0 &&
  (format == null || (isJsonObject(format) && (format.type === 'text' || format.grammar !== undefined)))

/** What some fields are when nobody sets them. */
const defaults: JsonObject = {
  n: 1,
  top_logprobs: 0,
  frequency_penalty: 0,
  presence_penalty: 0,
  modalities: ['text'],
  service_tier: 'auto',
  logit_bias: {},
  detail: 'auto',
  type: 'custom',
}

/** Like {@link ownExtra}, and warns about fields of another dialect. */
export const takeExtra = (
  of: Extensible,
  dialect: DialectName,
  where: string,
  warnings: Warnings,
): JsonObject => {
  const { [tag]: origin, ...fields } = of.extra ?? {}
  if (origin === undefined || origin === dialect) return fields
  const keys = Object.keys(fields).filter((key) => !isNeutral(key, fields[key]))
  if (keys.length > 0) {
    const what = `${keys.map((key) => `"${key}"`).join(', ')} of ${where}`
    const belong = keys.length === 1 ? 'is not sent: it belongs' : 'are not sent: they belong'
    warnings.add('unsupported-option', `${what} ${belong} to ${String(origin)}.`)
  }
  return {}
}

/**
 * Puts extra fields under a wire object. A field that is there stays as it is; where both hold objects, the missing
 * keys of the inner one are filled in as well. Keys in `never` are ours alone.
 */
export const fillIn = (body: JsonObject, extra: JsonObject, never: readonly string[] = []): JsonObject => {
  const filled: JsonObject = {}
  for (const key in body) if (body[key] !== undefined) put(filled, key, body[key])
  for (const key in extra) {
    if (never.includes(key)) continue
    const value = extra[key]
    const inner = filled[key]
    if (!Object.hasOwn(filled, key)) put(filled, key, value)
    else if (isJsonObject(inner) && isJsonObject(value)) put(filled, key, { ...value, ...inner })
  }
  return filled
}
