import { catalogueModels, type ProviderManager, type Target } from '@gateway/provider'

/** Names of models as labels: those of the operator and of the catalogue; clients can make up any other. */
export interface ModelLabels {
  show(providers: ProviderManager, targets: readonly Target[]): void
  labelOf(model: string): string
  /** Who has a model of that name. */
  providerOf(model: string): string
}

// A day at the end of a model's name; the name before it stands for all of them.
const day = /[-@](?:\d{8}|\d{4}-\d{2}-\d{2})$/

export const createModelLabels = (): ModelLabels => {
  let names = new Map<string, string>()
  const labelOf = (model: string): string => {
    if (names.has(model)) return model
    const undated = model.replace(day, '')
    return names.has(undated) ? undated : 'other'
  }
  return {
    show(providers, targets) {
      names = new Map(providers.models().map((model) => [model, providers.resolve(model).provider.name]))
      for (const { provider, model } of targets) if (!names.has(model)) names.set(model, provider)
      for (const { name, models = [], serves } of providers.list()) {
        for (const model of [...models, ...catalogueModels(name).filter(serves)]) {
          if (!names.has(model)) names.set(model, name)
          names.set(`${name}/${model}`, name)
        }
      }
    },
    labelOf,
    providerOf: (model) => names.get(labelOf(model)) ?? 'other',
  }
}
