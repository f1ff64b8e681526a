import { library } from 'gateway-tooling/tsup'

// The rank tables are a development dependency, bundled into the sub-path that needs them.
export default library({
  index: 'src/index.ts',
  o200k_base: 'src/encodings/o200k-base.ts',
  cl100k_base: 'src/encodings/cl100k-base.ts',
  p50k_base: 'src/encodings/p50k-base.ts',
})
