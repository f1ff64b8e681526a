import type {
  CompletionRequest,
  CompletionResponse,
  ContentBlock,
  Message,
  ToolUseBlock,
  Usage,
} from '@gateway/provider'
import { fitContext, type SessionKey, type SessionState } from '@gateway/session'
import type { ToolCaller } from '@gateway/tool'
import { AgentError } from './errors.ts'
import { keepable, toHistory, toolUseIds } from './history.ts'
import type { TurnLimits } from './limits.ts'
import { runModelStep } from './model-step.ts'
import { runToolStep } from './tool-step.ts'
import {
  assistantEvent,
  stoppedOutcome,
  type TurnAccount,
  type TurnOutcome,
  toolResultsEvent,
} from './turn-end.ts'
import { type StopCause, toTurnError } from './turn-error.ts'
import type { TurnEvent, TurnLog } from './turn-log.ts'
import type { AgentOptions, StartTurnOptions } from './types.ts'
import { toSessionUsage } from './usage.ts'

/** What a running turn works with. */
export interface TurnContext {
  agent: Pick<AgentOptions, 'providers' | 'sessions' | 'tools' | 'contextBudget'>
  limits: TurnLimits
  key: SessionKey
  turnId: string
  /** As resolved: the model's own name and who serves it. */
  target: { provider: string; model: string; requested: string }
  request: StartTurnOptions
  log: TurnLog
  account: TurnAccount
  signal: AbortSignal
  stopCause: () => StopCause | undefined
  newId: (prefix: 'msg' | 'call') => string
}

/** How the loop ended: the outcome, and events that belong into the same append as the terminal event. */
export interface TurnResult {
  outcome: TurnOutcome
  last: TurnEvent[]
  error?: unknown
}

/** Model and tools in turn, until the model is done or a limit is reached. @throws AgentError when the log is lost. */
export const runTurn = async (turn: TurnContext): Promise<TurnResult> => {
  for (;;) {
    if (turn.account.steps() >= turn.limits.maxSteps) {
      return overLimit(`The turn reached its limit of ${turn.limits.maxSteps} steps.`)
    }
    const state = await turn.agent.sessions.get(turn.key)
    if (state === undefined) throw new AgentError('session-gone', `Session ${turn.key.id} is gone.`)
    const { request, inputTokens } = await buildRequest(turn, state)
    const messageId = turn.newId('msg')
    const step = await runModelStep({
      providers: turn.agent.providers,
      log: turn.log,
      request,
      messageId,
      step: turn.account.steps() + 1,
      signal: turn.signal,
      uniqueToolId: uniqueIds(toolUseIds(state.messages), () => turn.newId('call')),
    })
    if (step.status === 'broken') {
      if (step.started) turn.account.addStep(turn.target.model, estimate(inputTokens, step.partial))
      return broken(turn, messageId, step)
    }
    const done = await afterAnswer(turn, messageId, step.response, inputTokens)
    if (done !== undefined) return done
  }
}

// Answers of these kinds may ask for tools; the others were cut, and what they asked for is not to be run.
const runsTools = new Set(['tool-use', 'end-turn', 'stop-sequence', 'unknown'])

const afterAnswer = async (
  turn: TurnContext,
  messageId: string,
  response: CompletionResponse,
  inputTokens: number | undefined,
): Promise<TurnResult | undefined> => {
  // Where the provider sent no figures, ours are better than its zeros.
  const usage = response.usage.estimated === true ? estimate(inputTokens, response.content) : response.usage
  turn.account.addStep(response.model, usage)
  turn.account.addWarnings(response.warnings ?? [])
  const uses = response.content.filter((block): block is ToolUseBlock => block.type === 'tool-use')
  const tools = runsTools.has(response.stopReason) ? uses : []
  const content =
    tools.length > 0 ? response.content : response.content.filter((block) => block.type !== 'tool-use')
  const message = assistantEvent({
    messageId,
    content,
    usage: toSessionUsage(usage),
    model: response.model,
    provider: turn.target.provider,
    stopReason: response.stopReason,
  })
  const spent = overBudget(turn)
  if (tools.length === 0) {
    const ended = response.stopReason !== 'pause' || spent !== undefined
    if (ended) return spent ? { ...spent, last: [message] } : completed(response.stopReason, message)
    await turn.log.append([message])
    return undefined
  }
  await turn.log.append([message])
  return (await runTools(turn, messageId, tools)) ?? spent
}

const runTools = async (
  turn: TurnContext,
  messageId: string,
  toolUses: readonly ToolUseBlock[],
): Promise<TurnResult | undefined> => {
  const budget = turn.limits.maxToolCalls - turn.account.toolCalls()
  const results = await runToolStep({
    tools: turn.agent.tools,
    log: turn.log,
    messageId,
    toolUses,
    caller: { ...toolCaller(turn, await turn.agent.sessions.get(turn.key)), signal: turn.signal },
    maxParallel: turn.limits.maxParallelTools,
    budget,
  })
  turn.account.addToolCalls(Math.min(budget, toolUses.length))
  const message = toolResultsEvent(turn.newId('msg'), results)
  const cause = turn.signal.aborted ? turn.stopCause() : undefined
  if (cause !== undefined) return { outcome: stoppedOutcome(cause), last: [message] }
  if (toolUses.length > budget) {
    return {
      ...overLimit(`The turn reached its limit of ${turn.limits.maxToolCalls} tool calls.`),
      last: [message],
    }
  }
  await turn.log.append([message])
  return undefined
}

const completed = (stopReason: string, message: TurnEvent): TurnResult => ({
  outcome: { type: 'turn.completed', stopReason },
  last: [message],
})

const overLimit = (message: string): TurnResult => {
  const error = new AgentError('limit', message)
  return { outcome: { type: 'turn.failed', error: toTurnError(error) }, last: [], error }
}

const overBudget = ({ limits, account }: TurnContext): TurnResult | undefined => {
  const { inputTokens, outputTokens } = account.usage()
  const cost = account.costUsd()
  if (limits.maxTokens !== undefined && inputTokens + outputTokens > limits.maxTokens) {
    return overLimit(`The turn used more than its ${limits.maxTokens} tokens.`)
  }
  if (limits.maxCostUsd !== undefined && cost !== undefined && cost > limits.maxCostUsd) {
    return overLimit(`The turn cost more than its ${limits.maxCostUsd} US dollars.`)
  }
  return undefined
}

const broken = (
  turn: TurnContext,
  messageId: string,
  step: { error: unknown; partial: ContentBlock[] },
): TurnResult => {
  const kept = keepable(step.partial)
  const last =
    kept.length > 0
      ? [assistantEvent({ messageId, content: kept, partial: true, provider: turn.target.provider })]
      : []
  const cause = turn.signal.aborted ? turn.stopCause() : undefined
  if (cause !== undefined) return { outcome: stoppedOutcome(cause), last }
  return { outcome: { type: 'turn.failed', error: toTurnError(step.error) }, last, error: step.error }
}

/** Who asks for tools in this turn. */
const toolCaller = (turn: TurnContext, state: SessionState<Message> | undefined): ToolCaller => ({
  tenant: turn.key.tenant,
  sessionId: turn.key.id,
  turnId: turn.turnId,
  allowed: turn.request.tools ?? state?.tools,
})

const buildRequest = async (
  turn: TurnContext,
  state: SessionState<Message>,
): Promise<{ request: CompletionRequest; inputTokens: number | undefined }> => {
  const { system } = state
  const history = toHistory(state.messages)
  const budget = await turn.agent.contextBudget?.(turn.target)
  const fitted =
    budget === undefined
      ? undefined
      : await fitContext(history, { ...budget, ...(system === undefined ? {} : { system }) })
  const tools = turn.agent.tools.toProviderTools(toolCaller(turn, state))
  const { maxTokens, temperature } = turn.request
  const request: CompletionRequest = {
    model: turn.target.requested,
    messages: [...(fitted?.messages ?? history)],
    ...(system === undefined ? {} : { system }),
    ...(tools.length > 0 ? { tools } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  }
  return { request, inputTokens: fitted?.tokens }
}

/** Figures for an answer whose end, and so whose usage, nobody saw: four characters a token. */
export const estimate = (inputTokens: number | undefined, partial: readonly ContentBlock[]): Usage => {
  let characters = 0
  for (const block of partial) {
    if (block.type === 'text' || block.type === 'thinking') characters += block.text.length
    if (block.type === 'tool-use') characters += block.inputText?.length ?? JSON.stringify(block.input).length
  }
  return { inputTokens: inputTokens ?? 0, outputTokens: Math.ceil(characters / 4), estimated: true }
}

const uniqueIds = (taken: Set<string>, fresh: () => string) => (id: string) => {
  const unique = id === '' || taken.has(id) ? fresh() : id
  taken.add(unique)
  return unique
}
