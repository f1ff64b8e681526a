import { tarballFaults } from 'gateway-tooling/tarballs'
import { expect, test } from 'vitest'

const sound = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts']
const manifest = {
  name: '@gateway/a',
  version: '0.1.0',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  dependencies: { '@gateway/b': '^0.1.0' },
}

test('a tarball of the build and four documents has no fault', () => {
  expect(tarballFaults(sound, manifest)).toEqual([])
})

test('sources, a missing changelog, workspace ranges and the source condition are faults of a tarball', () => {
  const paths = [...sound.filter((path) => path !== 'CHANGELOG.md'), 'src/index.ts']
  const unpublishable = {
    ...manifest,
    exports: { '.': { '@gateway/source': './src/index.ts' } },
    dependencies: { '@gateway/b': 'workspace:^' },
  }
  expect(tarballFaults(paths, unpublishable)).toEqual([
    'holds src/index.ts',
    'lacks CHANGELOG.md',
    'depends on @gateway/b by "workspace:^"',
    'exports the source condition',
  ])
})
