import type { Operation } from './operation.ts'
import { documentSchema, healthSchema, probeSchema } from './server-schema.ts'

const server = { tag: 'Server', method: 'get', errorShape: 'api' } as const
const page = { ...server, tag: 'Chat page', isPublic: true } as const

/** The process itself, this document, and the files of the chat page. */
export const serverOperations: readonly Operation[] = [
  {
    ...server,
    path: '/livez',
    id: 'isAlive',
    isPublic: true,
    summary: 'Is the process alive?',
    answers: { 200: { description: 'It is.', schema: probeSchema } },
  },
  {
    ...server,
    path: '/readyz',
    id: 'isReady',
    isPublic: true,
    summary: 'May it be given work?',
    answers: {
      200: { description: 'It may.', schema: probeSchema },
      503: { description: 'It is draining.', schema: probeSchema, headers: ['retry-after'] },
    },
  },
  {
    ...server,
    path: '/health',
    id: 'getHealth',
    summary: 'What runs here',
    answers: { 200: { description: 'Version, store, providers and targets.', schema: healthSchema } },
  },
  {
    ...server,
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Metrics, for Prometheus',
    answers: { 200: { description: 'The text format of Prometheus.', text: 'text/plain' } },
  },
  {
    ...server,
    path: '/openapi.json',
    id: 'getOpenapi',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: documentSchema } },
  },
  {
    ...server,
    path: '/docs',
    id: 'getDocs',
    summary: 'This document as a page',
    answers: { 200: { description: 'One page without scripts.', text: 'text/html' } },
  },
  {
    ...page,
    path: '/',
    id: 'getChatPage',
    summary: 'The chat page',
    answers: { 200: { description: 'The page.', text: 'text/html' } },
  },
  {
    ...page,
    path: '/chat.js',
    id: 'getChatScript',
    summary: 'Its script',
    answers: { 200: { description: 'The script.', text: 'text/javascript' } },
  },
  {
    ...page,
    path: '/chat.css',
    id: 'getChatStyle',
    summary: 'Its style',
    answers: { 200: { description: 'The style.', text: 'text/css' } },
  },
]
