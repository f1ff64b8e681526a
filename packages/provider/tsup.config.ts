import { library } from 'gateway-tooling/tsup'

export default library({ index: 'src/index.ts', node: 'src/node.ts', testing: 'src/testing.ts' })
