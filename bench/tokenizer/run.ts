/**
 * Tokenizers side by side: `node --conditions=@gateway/source bench/tokenizer/run.ts`, after `pnpm run build`.
 * All contenders take turns within one run, with the encoding o200k_base; every id is compared. Times are CPU times,
 * so that what else runs on the machine hardly shows; where it is the clock, the table says so.
 */
import { type Row, report } from '../measure.ts'

// Imported one after the other: the tables of all contenders are work for the garbage collector, which the first
// three must not be charged with.
const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  loading: async () => (await import('./loading.ts')).measureLoading(),
  delay: async () => (await import('./delay.ts')).measureDelays(),
  linear: async () => (await import('./linear.ts')).checkLinearity(),
  speed: async () => (await import('./speed.ts')).compareSpeeds(),
  runs: async () => (await import('./runs.ts')).compareRuns(),
}

/** Names of parts after the command run only these. */
const wanted = process.argv.slice(2)
let missed = 0
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n## ${name}`)
  const rows = await measure()
  report(rows)
  missed += rows.filter(({ holds }) => holds === false).length
}
console.log(`\n${missed === 0 ? 'All limits hold.' : `${missed} limits do not hold.`}`)
