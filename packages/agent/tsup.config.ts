import { library } from 'gateway-tooling/tsup'

export default library({ index: 'src/index.ts' })
