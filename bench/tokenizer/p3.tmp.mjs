import { loadEncoding } from '@gateway/tokenizer'
import { chinese, code, english, japanese } from './texts.ts'

const ours = await loadEncoding('o200k_base')
const cpu = () => {
  const u = process.cpuUsage()
  return u.user + u.system
}
const med = (a) => [...a].sort((x, y) => x - y)[a.length >> 1]
const out = []
for (const [name, make] of Object.entries({ english, code, chinese, japanese }))
  for (const same of [false, true]) {
    const ts = []
    for (let r = -5; r < 25; r++) {
      const t = make(same ? 1 : r + 10, 100_000)
      const s = cpu()
      ours.encode(t)
      if (r >= 0) ts.push(cpu() - s)
    }
    out.push(`${name} ${same ? 'same' : 'new'} ${med(ts)}`)
  }
console.log(out.join(' | '))
