/** What makes a child of a metric, or several, for the values of its labels. */
type Make<T> = (...labels: string[]) => T

/**
 * Children by their labels, each bound once. What a request does with metrics is then a look-up and some additions, without
 * a new object for its labels. Every label must be of a bounded set: children are never dropped.
 */
export const createChildren = <T>(make: Make<T>): Make<T> => {
  const children = new Map<string, T>()
  // Most of what comes right after one another has the same labels, and a name made of them costs more than all else.
  let last: { labels: string[]; child: T } | undefined
  return (...labels) => {
    if (last !== undefined && isSame(last.labels, labels)) return last.child
    const name = labels.join('\u0000')
    let child = children.get(name)
    if (child === undefined) {
      child = make(...labels)
      children.set(name, child)
    }
    last = { labels, child }
    return child
  }
}

const isSame = (labels: readonly string[], others: readonly string[]): boolean => {
  if (labels.length !== others.length) return false
  for (let at = 0; at < labels.length; at += 1) if (labels[at] !== others[at]) return false
  return true
}
