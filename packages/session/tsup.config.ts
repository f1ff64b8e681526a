import { library } from 'gateway-tooling/tsup'

export default library({ index: 'src/index.ts', sqlite: 'src/sqlite.ts', testing: 'src/testing.ts' })
