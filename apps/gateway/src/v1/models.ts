import { catalogueModels, type ProviderManager } from '@gateway/provider'
import { notFound } from '../http/api-error.ts'
import { type Caller, checkModelAllowed } from '../http/auth.ts'
import { type Call, withIds } from './call.ts'
import { contracts } from './contracts.ts'

/** A model that can be asked for. */
export interface ListedModel {
  id: string
  provider: string
  /** Milliseconds since the epoch; 0, the epoch, where it is not known. */
  releasedAt: number
}

/** How a contract shows models. */
export interface ModelsContract {
  toModel(model: ListedModel): object
  toList(models: readonly ListedModel[], query: URLSearchParams): object
}

const path = '/v1/models'

/** `GET /v1/models` and `/v1/models/:id`, in the shape of the request's contract. */
export const createModels =
  ({ providers }: { providers: ProviderManager }) =>
  async (call: Call): Promise<void> => {
    const { exchange } = call
    const { toModel, toList } = contracts[call.dialect].models
    const value =
      exchange.path === path
        ? toList(allowedModels(providers, call.caller), new URLSearchParams(exchange.query))
        : toModel(findModel(providers, call.caller, exchange.path.slice(path.length + 1)))
    call.status = 200
    exchange.send(200, withIds(call, { 'content-type': 'application/json' }), JSON.stringify(value))
  }

/** What can be asked for by name: configured names, listed models of providers, and those of the catalogue. */
const listModels = (providers: ProviderManager): ListedModel[] => {
  const models = new Map<string, ListedModel>()
  for (const id of providers.models()) models.set(id, toListed(id, providers.resolve(id).provider.name))
  for (const provider of providers.list()) {
    const names = [...(provider.models ?? []), ...catalogueModels(provider.name).filter(provider.serves)]
    for (const name of new Set(names)) {
      // A plain name belongs to the first that serves it; the others' go by their full name.
      const id = models.has(name) ? `${provider.name}/${name}` : name
      models.set(id, toListed(id, provider.name))
    }
  }
  return [...models.values()]
}

/** A key that names models has these, by the names that it gives them. */
const allowedModels = (providers: ProviderManager, { models }: Caller): ListedModel[] =>
  models === undefined
    ? listModels(providers)
    : models.map((id) => toListed(id, providers.resolve(id).provider.name))

/** Any model that a request may name, also one that is in no list. ProviderError `not-found` otherwise. */
const findModel = (providers: ProviderManager, caller: Caller, encoded: string): ListedModel => {
  const id = decode(encoded)
  checkModelAllowed(caller, id)
  return toListed(id, providers.resolve(id).provider.name)
}

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw notFound('There is no model of that name.', 'model_not_found')
  }
}

/** A dated name tells the day of its release. */
const toListed = (id: string, provider: string): ListedModel => {
  const [, year, month, day] = /[-@](20\d\d)-?(\d\d)-?(\d\d)$/.exec(id) ?? []
  const at = year === undefined ? 0 : Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  return { id, provider, releasedAt: Number.isNaN(at) ? 0 : at }
}
