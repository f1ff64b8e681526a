/** What makes a child of a metric, or several, for the values of its labels. */
type Make<T> = (...labels: string[]) => T

/**
 * Children by their labels, each bound once. What a request does with metrics is then a look-up and some additions, without
 * a new object for its labels. Every label must be of a bounded set: children are never dropped.
 */
export const createChildren = <T>(make: Make<T>): Make<T> => {
  const children = new Map<string, T>()
  return (...labels) => {
    const name = labels.join('\u0000')
    const known = children.get(name)
    if (known !== undefined) return known
    const child = make(...labels)
    children.set(name, child)
    return child
  }
}
