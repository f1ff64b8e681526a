import { workspace } from 'gateway-tooling/vitest'

export default workspace(['packages/*', 'apps/*', 'test'])
