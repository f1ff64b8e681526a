import { type ExampleBlock, exampleBlocks } from 'gateway-tooling/readme-examples'
import type { Member, TextFile } from './workspace.ts'

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
