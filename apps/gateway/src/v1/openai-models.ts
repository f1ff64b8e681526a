import type { ListedModel, ModelsContract } from './models.ts'

const toModel = ({ id, provider, releasedAt }: ListedModel): object => ({
  id,
  object: 'model',
  created: Math.floor(releasedAt / 1000),
  owned_by: provider,
})

/** OpenAI's list: all at once. */
export const openaiModels: ModelsContract = {
  toModel,
  toList: (models) => ({ object: 'list', data: models.map(toModel) }),
}
