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
