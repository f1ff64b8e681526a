import { chatRequests } from './chat-requests.ts'
import { runMatrix } from './matrix.ts'
import { messagesRequests } from './messages-requests.ts'

runMatrix({ ...chatRequests, ...messagesRequests })
