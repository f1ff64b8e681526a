// There are few, and they repeat; but clients may come up with any.
const mostNames = 512
const longestName = 64

/** What `decide` says about the name of a header, found out once for each of those that are in use. */
export const byName = <T extends string | boolean>(decide: (name: string) => T): ((name: string) => T) => {
  const known = new Map<string, T>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const decided = decide(name)
    if (known.size < mostNames && name.length <= longestName) known.set(name, decided)
    return decided
  }
}
