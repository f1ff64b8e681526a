import { loadEncoding } from '@gateway/tokenizer'
import { chinese, english, japanese } from './texts.ts'

const ours = await loadEncoding('o200k_base')
const t = { chinese, japanese, english }[process.argv[2]](1, 100_000)
const end = Date.now() + 4000
let n = 0
const u = process.cpuUsage()
while (Date.now() < end) {
  ours.encode(t)
  n++
}
const v = process.cpuUsage(u)
console.log(process.argv[2], ((v.user + v.system) / n).toFixed(0), 'us per 100k')
