import { basename } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { ConfigError } from './config-error.ts'

/**
 * The value of a file's text. JSON is YAML, and as YAML a name that stands twice is found.
 * @throws ConfigError that says where it cannot be read, and quotes nothing of it: it may hold keys.
 */
export const parseYaml = (text: string, path: string): unknown => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true })
  const faults = document.errors.map(({ code, pos: [at] }) => {
    const { line, col } = lineCounter.linePos(at)
    const words = code.toLowerCase().replaceAll('_', ' ')
    // The usual reason why a reference does not parse.
    const isReference = text.split('\n')[line - 1]?.includes('${') === true
    const hint = isReference ? `; between { and } a reference needs quotes: "\${NAME}"` : ''
    return { path: `${basename(path)}:${line}:${col}`, message: `cannot be read: ${words}${hint}` }
  })
  if (faults.length > 0) throw new ConfigError(faults, path)
  try {
    return document.toJS() ?? {}
  } catch {
    const message = 'cannot be read: its aliases do not resolve, or resolve to too much'
    throw new ConfigError([{ path, message }], path)
  }
}
