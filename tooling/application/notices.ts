import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Plugin } from './built-in-modules.ts'

/** Under these a copy may be handed on as long as it says whose it is. */
const known = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

/** A package of others of which an application has a copy in it. */
interface Bundled {
  name: string
  version: string
  license: string
  /** What stands in its licence files; its author where it has none. */
  text: string
}

const readBundled = (folder: string): Bundled => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!known.includes(license))
    throw new Error(
      `${name} has the licence ${JSON.stringify(license)}: may it be bundled? Then add it here.`,
    )
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')
  return { name, version, license, text: text || `By ${author?.name ?? author}` }
}

/** The folder of the package that a file is in; undefined for files of this workspace. */
const folderOf = (path: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]

/** Writes down beside the output whose code is in it, and under which licences. */
export const notices: Plugin = {
  name: 'notices',
  setup({ initialOptions, onEnd }) {
    initialOptions.metafile = true
    onEnd(async ({ metafile }) => {
      const { absWorkingDir = process.cwd(), outdir = '' } = initialOptions
      const directory = resolve(absWorkingDir, outdir)
      const used = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
        Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
      )
      const folders = new Set(used.map(([path]) => folderOf(join(absWorkingDir, path))))
      const sections = [...folders]
        .filter((folder) => folder !== undefined)
        .map(readBundled)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`)
      const rule = `\n\n${'-'.repeat(80)}\n\n`
      const head = 'The files beside this one hold code of these packages:'
      await mkdir(directory, { recursive: true })
      await writeFile(join(directory, 'THIRD-PARTY-NOTICES.txt'), `${[head, ...sections].join(rule)}\n`)
    })
  },
}
