import type { Operation } from './operation.ts'
import { parametersOf } from './operations.ts'

/** A text as one word of a shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** How to ask for it on a command line where `GATEWAY` and `GATEWAY_KEY` are set, and parameters of the path likewise. */
export const curlOf = ({ method, path, isPublic, body, answers }: Operation): string => {
  let url = path
  for (const name of parametersOf(path)) url = url.replace(`:${name}`, `$${name.toUpperCase()}`)
  const isStreamAlone = Object.values(answers).some(
    ({ schema, events }) => events !== undefined && schema === undefined,
  )
  const parts = [
    `curl ${isStreamAlone ? '-N ' : ''}${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"$GATEWAY${url}"`,
    ...(isPublic ? [] : ['-H "Authorization: Bearer $GATEWAY_KEY"']),
    ...(body === undefined
      ? []
      : [`-H ${quote('Content-Type: application/json')}`, `-d ${quote(JSON.stringify(body.example))}`]),
  ]
  return parts.join(' \\\n  ')
}
