import { readFileSync } from 'node:fs'

// Prose, tables and code: what people send to models. Nothing in it is made for a benchmark.
const files = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'packages/sse/README.md']
const corpus = files.map((file) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).join('\n')

let place = 0

/** A text of so many characters that is another one at each call, so that no cache of texts helps. */
export const nextText = (length: number): string => {
  // A prime step meets every place of the corpus before it meets one again.
  place = (place + 7919) % (corpus.length - length)
  return corpus.slice(place, place + length)
}
