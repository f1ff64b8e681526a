import { badRequest } from '../http/api-error.ts'
import type { ListedModel, ModelsContract } from './models.ts'

const toModel = ({ id, releasedAt }: ListedModel): object => ({
  type: 'model',
  id,
  display_name: id,
  created_at: new Date(releasedAt).toISOString(),
})

/** Anthropic's pages: `limit`, and `after_id` or `before_id`. */
export const anthropicModels: ModelsContract = {
  toModel,
  toList(models, query) {
    const { page, hasMore } = pageOf(models, query)
    return {
      data: page.map(toModel),
      has_more: hasMore,
      first_id: page[0]?.id ?? null,
      last_id: page.at(-1)?.id ?? null,
    }
  },
}

const pageOf = (
  models: readonly ListedModel[],
  query: URLSearchParams,
): { page: readonly ListedModel[]; hasMore: boolean } => {
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw badRequest('limit: must be a whole number from 1 to 1000.')
  const placeOf = (name: string): number | undefined => {
    const id = query.get(name)
    if (id === null) return undefined
    const index = models.findIndex((model) => model.id === id)
    if (index < 0) throw badRequest(`${name}: there is no model of that name.`)
    return index
  }
  const before = placeOf('before_id')
  const start = before === undefined ? (placeOf('after_id') ?? -1) + 1 : Math.max(0, before - limit)
  const end = before ?? start + limit
  return { page: models.slice(start, end), hasMore: before === undefined ? end < models.length : start > 0 }
}
