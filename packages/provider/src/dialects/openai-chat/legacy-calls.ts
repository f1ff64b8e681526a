/** The calls of a history that was written with `function_call` and the role `function`, which know no ids. */
export interface LegacyCalls {
  /** The id for a call in the message at `path`; the same history always has the same ids. */
  call(name: string, path: string): string
  /** The id of the latest call of this function that has no answer yet; of none, an id that answers nothing. */
  answer(name: string, path: string): string
}

/** No calls yet. */
export const createLegacyCalls = (): LegacyCalls => {
  const open: { name: string; id: string }[] = []
  // Legal as an id in every dialect.
  const toId = (path: string) => `function_call_${path.replaceAll(/\D/g, '')}`
  return {
    call(name, path) {
      const id = toId(path)
      open.push({ name, id })
      return id
    },
    answer(name, path) {
      const at = open.findLastIndex((call) => call.name === name)
      return at === -1 ? toId(path) : (open.splice(at, 1)[0]?.id ?? toId(path))
    },
  }
}
