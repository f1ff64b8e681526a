/** Event streams on the responses of `node:http`. Any addition here is public API. */
export { pipeSse } from './node-pipe.ts'
export { createNodeSseStream, type NodeSseStreamOptions, type NodeSseTarget } from './node-stream.ts'
