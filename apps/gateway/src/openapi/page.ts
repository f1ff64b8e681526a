import { hash } from 'node:crypto'
import { html, raw } from 'hono/html'
import { componentSchemas, queryParameters, refTo, schemaPath } from './components.ts'
import { curlOf } from './curl.ts'
import { errorStatuses } from './document.ts'
import { requestHeaders } from './headers.ts'
import type { Answer, Operation } from './operation.ts'
import { operations, parametersOf, pathParameters, templateOf } from './operations.ts'
import { style } from './page-style.ts'

type Html = ReturnType<typeof html>

/** Nothing but the page's own style, told by its hash, may load or run. */
export const pagePolicy: string =
  `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The document as one page: no script, nothing loaded, an anchor for each operation and schema. */
export const createPage = async (version: string): Promise<string> => {
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gateway API</title>
<style>${raw(style)}</style>
</head>
<body>
<nav><h1>Gateway ${version}</h1>${tags.map(tagIndex)}<h2><a href="#schemas">Schemas</a></h2></nav>
<main>
<p>All that this gateway serves, also as <a href="/openapi.json">openapi.json</a>. Examples want these two:</p>
<pre>export GATEWAY=http://127.0.0.1:8787 GATEWAY_KEY=…</pre>
${operations.map(section)}
<h2 id="schemas">Schemas</h2>
${Object.entries(componentSchemas()).map(
  ([name, schema]) => html`<section id="${name}"><h3>${name}</h3>${schemaText(schema)}</section>`,
)}
</main>
</body>
</html>
`
  return String(page)
}

const tagIndex = (tag: string): Html =>
  html`<h2>${tag}</h2><ul>${operations
    .filter((operation) => operation.tag === tag)
    .map(
      ({ id, method, path }) => html`<li><a href="#${id}"><b>${method}</b> ${templateOf(path)}</a></li>`,
    )}</ul>`

const section = (operation: Operation): Html => {
  const { id, method, path, summary, description, body, answers, reference } = operation
  return html`<section id="${id}">
<h3><a href="#${id}"><b>${method}</b> <code>${templateOf(path)}</code></a></h3>
<p>${summary}.${operation.isPublic ? ' Needs no key.' : ''}</p>
${description === undefined ? '' : html`<p>${words(description)}</p>`}
${reference === undefined ? '' : html`<p>Reference: <a href="${reference}" rel="noreferrer">${reference}</a></p>`}
${parameters(operation)}
<pre>${curlOf(operation)}</pre>
<ul>
${body === undefined ? '' : html`<li>Body${body.isOptional ? ', optional' : ''}: ${link(refTo(body.schema).$ref)}</li>`}
${Object.entries(answers).map(([status, answer]) => html`<li>${status}: ${words(answer.description)} ${content(answer)}</li>`)}
<li>Errors: ${errors(operation)}</li>
</ul>
</section>
`
}

const errors = (operation: Operation): Html => {
  const names = {
    api: ['ApiError'],
    chat: ['ChatError'],
    messages: ['MessagesError'],
    either: ['ChatError', 'MessagesError'],
  }
  const statuses = operation.errorShape === 'api' ? errorStatuses(operation).join(', ') : '4xx, 5xx'
  return html`${statuses}: ${names[operation.errorShape].map((name) => html`${link(`${schemaPath}${name}`)} `)}`
}

const parameters = ({ path, query, headers = [] }: Operation): Html => {
  const rows = [
    ...parametersOf(path).map((name) => ({ name, place: 'path', about: pathParameters[name] ?? '' })),
    ...(query === undefined ? [] : queryParameters(query)).map(({ name, schema }) => ({
      name,
      place: 'query',
      about: schema.description ?? String(schema.type ?? ''),
    })),
    ...headers.map((name) => ({ name, place: 'header', about: requestHeaders[name]?.description ?? '' })),
  ]
  if (rows.length === 0) return html``
  return html`<table>${rows.map(
    ({ name, place, about }) =>
      html`<tr><td><code>${name}</code></td><td>${place}</td><td>${words(about)}</td></tr>`,
  )}</table>`
}

const content = ({
  schema,
  events,
  text,
}: Answer): Html => html`${schema === undefined ? '' : link(refTo(schema).$ref)}
${text ?? ''}
${
  events === undefined
    ? ''
    : html`<br>Events: ${Object.entries(events).map(
        ([name, data]) => html`<code>${name}</code> ${link(refTo(data).$ref)} `,
      )}`
}`

const link = (ref: string): Html => {
  const name = ref.slice(schemaPath.length)
  return html`<a href="#${name}">${name}</a>`
}

/** A schema as JSON whose references are links. */
const schemaText = (schema: object): Html =>
  html`<pre>${JSON.stringify(schema, null, 2)
    .split(/("#\/components\/schemas\/\w+")/)
    .map((part) => (part.startsWith(`"${schemaPath}`) ? link(part.slice(1, -1)) : part))}</pre>`

/** Text in which back quotes mark code. */
const words = (text: string): Html =>
  html`${text.split(/(`[^`]+`)/).map((part) => (part.startsWith('`') ? html`<code>${part.slice(1, -1)}</code>` : part))}`
