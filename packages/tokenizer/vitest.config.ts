import { project } from 'gateway-tooling/vitest'

export default project('tokenizer')
