import { chatRecordings } from './chat-recordings.ts'
import { runMatrix } from './matrix.ts'
import { messagesRecordings } from './messages-recordings.ts'

/** Each title with the dialect of its upstream: some tell of both. */
const named = (dialect: string, rows: typeof chatRecordings) =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${dialect}: ${name}`, row]))

runMatrix({ ...named('Chat', chatRecordings), ...named('Messages', messagesRecordings) })
