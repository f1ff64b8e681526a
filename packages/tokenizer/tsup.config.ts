import { library } from 'gateway-tooling/tsup'

const newer = { index: 'src/index.ts', o200k_base: 'src/encodings/o200k-base.ts' }
const older = { cl100k_base: 'src/encodings/cl100k-base.ts', p50k_base: 'src/encodings/p50k-base.ts' }
export default library({ ...newer, ...older })
