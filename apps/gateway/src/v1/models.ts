import { catalogueModels, type ProviderManager } from '@gateway/provider'
import { badRequest, notFound } from '../http/api-error.ts'
import { type Call, withIds } from './call.ts'

/** A model as both contracts list it. */
interface ListedModel {
  id: string
  provider: string
}

const path = '/v1/models'

/** `GET /v1/models` and `/v1/models/:id`, in Anthropic's shape where the request names its version, else in OpenAI's. */
export const createModels =
  ({ providers }: { providers: ProviderManager }) =>
  async (call: Call): Promise<void> => {
    const { exchange, dialect } = call
    const isAnthropic = dialect === 'anthropic-messages'
    const toWire = isAnthropic ? toAnthropicModel : toOpenAIModel
    const answer = (value: object) => {
      call.status = 200
      exchange.send(200, withIds(call, { 'content-type': 'application/json' }), JSON.stringify(value))
    }
    if (exchange.path !== path)
      return answer(toWire(findModel(providers, exchange.path.slice(path.length + 1))))
    const models = listModels(providers)
    if (!isAnthropic) return answer({ object: 'list', data: models.map(toWire) })
    const page = pageOf(models, new URLSearchParams(exchange.query))
    answer({
      data: page.models.map(toWire),
      has_more: page.hasMore,
      first_id: page.models[0]?.id ?? null,
      last_id: page.models.at(-1)?.id ?? null,
    })
  }

/** What can be asked for by its plain name: listed models of providers, and those of the catalogue. */
const listModels = (providers: ProviderManager): ListedModel[] => {
  const models = new Map<string, ListedModel>()
  for (const provider of providers.list()) {
    const names = [...(provider.models ?? []), ...catalogueModels(provider.name).filter(provider.serves)]
    for (const id of names) {
      // The plain name belongs to the first that serves it; the others' go by their full name.
      const name = models.has(id) ? `${provider.name}/${id}` : id
      models.set(name, { id: name, provider: provider.name })
    }
  }
  return [...models.values()]
}

/** Any model that a request may name, also one that is in no list. @throws ApiError 404. */
const findModel = (providers: ProviderManager, encoded: string): ListedModel => {
  const id = decode(encoded)
  const { provider } = providers.resolve(id)
  return { id, provider: provider.name }
}

const decode = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw notFound('There is no model of that name.', 'model_not_found')
  }
}

const toOpenAIModel = ({ id, provider }: ListedModel): object => ({
  id,
  object: 'model',
  created: Math.floor(releasedAt(id) / 1000),
  owned_by: provider,
})

const toAnthropicModel = ({ id }: ListedModel): object => ({
  type: 'model',
  id,
  display_name: id,
  created_at: new Date(releasedAt(id)).toISOString(),
})

/** The day in a dated name; otherwise the epoch, which both contracts have for a date that is not known. */
const releasedAt = (id: string): number => {
  const [, year, month, day] = /[-@](20\d\d)-?(\d\d)-?(\d\d)$/.exec(id) ?? []
  const at = year === undefined ? 0 : Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  return Number.isNaN(at) ? 0 : at
}

/** Anthropic's pages: `limit`, and `after_id` or `before_id`. */
const pageOf = (models: readonly ListedModel[], query: URLSearchParams) => {
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw badRequest('limit: must be a whole number from 1 to 1000.')
  }
  const at = (name: string): number | undefined => {
    const id = query.get(name)
    if (id === null) return undefined
    const index = models.findIndex((model) => model.id === id)
    if (index < 0) throw badRequest(`${name}: there is no model of that name.`)
    return index
  }
  const before = at('before_id')
  if (before !== undefined) {
    const start = Math.max(0, before - limit)
    return { models: models.slice(start, before), hasMore: start > 0 }
  }
  const start = (at('after_id') ?? -1) + 1
  return { models: models.slice(start, start + limit), hasMore: start + limit < models.length }
}
