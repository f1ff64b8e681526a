import type { CompletionRequest } from '../types/completion.ts'
import { readSituation } from './history.ts'
import type { MockAnswer } from './steps.ts'
import { parseScript } from './verbs.ts'

/** What the mock answers when nobody scripts it: what the user's verbs say, tool results, or the user's own words. */
export const defaultAnswer = (request: CompletionRequest): MockAnswer => {
  const { said, step, results } = readSituation(request.messages)
  const { answers, rest } = parseScript(said)
  const scripted = answers[step] ?? {}
  // Text or a call of its own: nothing is made up for it.
  if (scripted.text !== undefined || scripted.toolUses !== undefined) return scripted
  const words = rest.trim() === '' ? said : rest
  const quoted =
    words === '' ? 'This is the mock model. You said nothing.' : `This is the mock model. You said: ${words}`
  const reported = results.map(({ name, text, isError }) => {
    const tool = name === undefined ? 'The tool' : `The tool ${name}`
    return `${tool} ${isError ? 'failed' : 'answered'}: ${text}`
  })
  return { ...scripted, text: reported.length > 0 ? reported.join('\n') : quoted }
}
