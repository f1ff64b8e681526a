import type { SseFrame } from '../src/types.ts'

/** A frame, and how it is written. */
export const encodeVectors: readonly (readonly [name: string, frame: SseFrame, expected: string])[] = [
  ['data alone', { data: 'hello' }, 'data: hello\n\n'],
  ['an event with data', { event: 'message', data: 'test' }, 'event: message\ndata: test\n\n'],
  ['an id with data', { id: '123', data: 'test' }, 'id: 123\ndata: test\n\n'],
  ['a retry with data', { retry: 3000, data: 'test' }, 'retry: 3000\ndata: test\n\n'],
  [
    'all fields',
    { comment: 'c', id: '1', event: 'update', retry: 5000, data: 'full' },
    ': c\nid: 1\nevent: update\nretry: 5000\ndata: full\n\n',
  ],
  ['empty data', { data: '' }, 'data: \n\n'],
  ['an id alone', { id: '9' }, 'id: 9\n\n'],
  ['an empty id, which resets', { id: '', data: 'x' }, 'id: \ndata: x\n\n'],
  ['an empty event as no event', { event: '', data: 'x' }, 'data: x\n\n'],
  ['nothing', {}, ''],
]
