import { type CatalogueOverrides, lookupModel, type ModelEntry } from '@gateway/provider'
import type { AppSettings } from '../deps.ts'

/** Models of a provider whose entries are held, and how long their names are at most: clients can make up any. */
const heldEntries = 1000
const heldName = 256

/** What is known of models, looked up once for each: every request asks for that of its own. */
export const createModelEntries = (catalogue: CatalogueOverrides): AppSettings['modelEntry'] => {
  const byProvider = new Map<string, Map<string, ModelEntry | undefined>>()
  return (provider, model) => {
    const held = byProvider.get(provider)
    const known = held?.get(model)
    if (known !== undefined || held?.has(model) === true) return known
    const entry = lookupModel(provider, model, catalogue)
    if (model.length > heldName) return entry
    if (held === undefined || held.size === heldEntries) byProvider.set(provider, new Map([[model, entry]]))
    else held.set(model, entry)
    return entry
  }
}
