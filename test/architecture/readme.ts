import type { Member, TextFile } from './workspace.ts'

/** A block of TypeScript in a README. */
export interface ExampleBlock {
  /** The file named by the comment above the block, relative to the package. */
  readonly file: string | undefined
  readonly code: string
  readonly line: number
}

const marker = /^<!-- example: (\S+) -->$/

/** The `ts` blocks of a README, each with the file that the comment right above it names. */
export const exampleBlocks = (readme: string): ExampleBlock[] => {
  const lines = readme.split('\n')
  return lines.flatMap((line, index) => {
    if (!/^```(ts|typescript)\b/.test(line)) return []
    const end = lines.indexOf('```', index + 1)
    const above = lines.slice(0, index).findLast((text) => text.trim() !== '')
    return [
      {
        file: above?.match(marker)?.[1],
        code: `${lines.slice(index + 1, end === -1 ? undefined : end).join('\n')}\n`,
        line: index + 1,
      },
    ]
  })
}

const faultOf = (block: ExampleBlock, examples: readonly TextFile[], dir: string): string | undefined => {
  if (block.file === undefined) return 'is TypeScript without an example file named above it'
  const example = examples.find(({ path }) => path === `${dir}/${block.file}`)
  if (example === undefined) return `names ${block.file}, which does not exist`
  return example.text === block.code ? undefined : `differs from ${block.file}`
}

/** A README that shows code which is not, byte for byte, a file that is compiled and run. */
export const findReadmeFaults = ({ dir, files }: Member, readme: TextFile | undefined): string[] => {
  if (readme === undefined) return [`${dir}: has no README.md`]
  const examples = files.filter(({ path }) => path.startsWith(`${dir}/examples/`))
  const blocks = exampleBlocks(readme.text)
  const faults = blocks.flatMap((block) => {
    const fault = faultOf(block, examples, dir)
    return fault === undefined ? [] : [`${readme.path}:${block.line}: ${fault}`]
  })
  if (blocks.length === 0) faults.push(`${readme.path}: shows no example`)
  if (!/^## Stability$/m.test(readme.text)) faults.push(`${readme.path}: has no section "Stability"`)
  return faults
}
