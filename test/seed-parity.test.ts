import ts from 'typescript'
import { expect, test } from 'vitest'
import { parse, visitAll } from './architecture/syntax.ts'
import { readOptional, type TextFile } from './architecture/workspace.ts'

const path = 'docs/seed-parity.md'
const document = readOptional(path)?.text ?? ''

/** `file` > "title", as the document writes it. */
const reference = /`([^`\s]+\.ts)` > "([^"]+)"/g

/** How many tests the seed's code had; each has its numbered row. */
const seedTests = 53

/** The name at the root of `test`, `test.each(rows)`, `test.skipIf(x)` and the like. */
const rootOf = (node: ts.Expression): string =>
  ts.isIdentifier(node)
    ? node.text
    : ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)
      ? rootOf(node.expression)
      : ''

/** The titles in a file of tests: of `test(…)`, and of the cases that a conformance suite runs. */
const titlesIn = (file: TextFile): Set<string> => {
  const titles = new Set<string>()
  const source = parse(file)
  const add = (node: ts.Node | undefined) => {
    if (node === undefined) return
    if (ts.isStringLiteralLike(node)) titles.add(node.text)
    else if (ts.isTemplateExpression(node)) titles.add(node.getText(source).slice(1, -1))
  }
  visitAll(source, (node) => {
    if (ts.isCallExpression(node) && /^(test|it)$/.test(rootOf(node.expression))) add(node.arguments[0])
    if (!ts.isObjectLiteralExpression(node)) return
    const values = new Map(
      node.properties.filter(ts.isPropertyAssignment).map((part) => [part.name.getText(source), part]),
    )
    if (values.has('run')) add(values.get('name')?.initializer)
  })
  return titles
}

/** The references of a text that lead nowhere. */
const findStale = (text: string, read: (path: string) => TextFile | undefined): string[] =>
  [...text.matchAll(reference)].flatMap(([, file = '', title = '']) => {
    const found = read(file)
    if (found === undefined) return [`${file} does not exist`]
    return titlesIn(found).has(title) ? [] : [`${file} has no test "${title}"`]
  })

/** The rows of claims; what comes behind them is measured, not tested. */
const rows = (document.split('\n## Speed')[0] ?? '').split('\n').filter((line) => line.startsWith('| '))

test('every test that the document names exists', () => {
  expect(findStale(document, readOptional)).toEqual([])
})

test('each of the seed tests has its row, and every row a test or an honest "Not yet"', () => {
  const numbers = rows.flatMap((row) => /^\| (\d+) \|/.exec(row)?.[1] ?? [])
  expect(numbers).toEqual(Array.from({ length: seedTests }, (_, index) => String(index + 1)))
  const isHead = (row: string) => row.endsWith('| shown by |')
  const bare = rows.filter((row) => !isHead(row) && row.search(reference) === -1)
  expect(bare.filter((row) => !row.includes('Not yet'))).toEqual([])
})

test('a missing file and a missing title are found, and every way of writing a title is read', () => {
  const text = `
    test('plain', () => {})
    test.each([1])('each %s', () => {})
    test.skipIf(false)("with 'quotes'", () => {})
    for (const name of names) test(\`of \${name}\`, () => {})
    const cases = [{ name: 'a case', run: async () => {} }, { name: 'no case' }]
    expect('not a title')
  `
  const read = (file: string) => (file === 'a.test.ts' ? { path: file, text } : undefined)
  const written = ['plain', 'each %s', "with 'quotes'", `of \${name}`, 'a case', 'no case', 'not a title']
  const names = written.map((title) => `\`a.test.ts\` > "${title}"`).join('\n')
  expect(findStale(`${names} \`b.test.ts\` > "plain"`, read)).toEqual([
    'a.test.ts has no test "no case"',
    'a.test.ts has no test "not a title"',
    'b.test.ts does not exist',
  ])
})
