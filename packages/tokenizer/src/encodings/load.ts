import { createEncoding, type Encoding, type EncodingSource } from '../bpe/encoding.ts'
import type { EncodingName } from '../types.ts'

/** Where each table is. Dynamic, so that nobody pays for a table whose models they do not use. */
const sources = {
  o200k_base: async () => (await import('./o200k-base.ts')).o200kBase,
  o200k_harmony: async () => (await import('./o200k-base.ts')).o200kHarmony,
  cl100k_base: async () => (await import('./cl100k-base.ts')).cl100kBase,
  p50k_base: async () => (await import('./p50k-base.ts')).p50kBase,
} satisfies Record<EncodingName, () => Promise<EncodingSource>>

const loaded = new Map<EncodingName, Promise<Encoding>>()

/** Loads an encoding, once per process; further calls share it. A load that failed is tried again by the next call. */
export const loadEncoding = (name: EncodingName): Promise<Encoding> => {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const loading = sources[name]().then(createEncoding)
  loaded.set(name, loading)
  // The caller gets the failure; here it only makes room for another try.
  loading.catch(() => loaded.delete(name))
  return loading
}
