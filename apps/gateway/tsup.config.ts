import { application } from 'gateway-tooling/tsup'

export default application({ main: 'src/launch.ts' })
