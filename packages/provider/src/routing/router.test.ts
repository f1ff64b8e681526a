import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TargetHealth } from '../resilience/health.ts'
import { type RoutingFacts, routeBy, type Strategy } from './router.ts'
import { type Target, targetName } from './target.ts'

const healthy: TargetHealth = {
  state: 'closed',
  failures: 0,
  coolDownMs: 0,
  firstTokenMs: undefined,
  alarm: undefined,
}

const facts = (over: Partial<RoutingFacts> = {}): RoutingFacts => ({
  health: () => healthy,
  cost: () => undefined,
  turn: 0,
  random: () => 0.5,
  ...over,
})

const target = (model: string, over: Partial<Target> = {}): Target => ({ provider: 'p', model, ...over })
const [a, b, c] = [target('a'), target('b'), target('c')]
const names = (targets: Target[]) => targets.map(({ model }) => model).join('')
const open = (...models: string[]) => ({
  health: ({ model }: Target): TargetHealth =>
    models.includes(model) ? { ...healthy, state: 'open' } : healthy,
})

test('fallback keeps the order in which the targets are listed', () => {
  expect(names(routeBy('fallback', [b, a, c], facts()))).toBe('bac')
})

test('round-robin begins one further at each request', () => {
  const orders = [0, 1, 2, 3].map((turn) => names(routeBy('round-robin', [a, b, c], facts({ turn }))))
  expect(orders).toEqual(['abc', 'bca', 'cab', 'abc'])
})

test('weighted draws the first by the shares of the weights', () => {
  const targets = [target('a', { weight: 1 }), target('b', { weight: 3 })]
  const first = (random: number) => names(routeBy('weighted', targets, facts({ random: () => random })))
  expect([first(0), first(0.24), first(0.26), first(0.99)]).toEqual(['ab', 'ab', 'ba', 'ba'])
})

test('weighted never draws a weight of 0 before another', () => {
  const targets = [target('a', { weight: 0 }), target('b')]
  for (const random of [0, 0.5, 0.999]) {
    expect(names(routeBy('weighted', targets, facts({ random: () => random })))).toBe('ba')
  }
})

test('cheapest goes by price, and an unknown price is last', () => {
  const costs: Record<string, number> = { b: 0.02, c: 0.01 }
  expect(names(routeBy('cheapest', [a, b, c], facts({ cost: ({ model }) => costs[model] })))).toBe('cba')
})

test('cheapest compares prices within a quality tier alone', () => {
  const costs: Record<string, number> = { a: 0.03, b: 0.02, c: 0.01 }
  const targets = [target('c', { tier: 2 }), target('a', { tier: 1 }), target('b', { tier: 1 })]
  expect(names(routeBy('cheapest', targets, facts({ cost: ({ model }) => costs[model] })))).toBe('bac')
})

test('fastest goes by the time to the first token, and tries what it does not know', () => {
  const times: Record<string, number> = { a: 300, b: 200 }
  const health = ({ model }: Target): TargetHealth => ({ ...healthy, firstTokenMs: times[model] })
  expect(names(routeBy('fastest', [a, b, c], facts({ health })))).toBe('cba')
})

test('task puts the targets of the task first, those of another last', () => {
  const targets = [target('a', { tasks: ['code'] }), b, target('c', { tasks: ['chat'] })]
  expect(names(routeBy('task', targets, facts({ task: 'chat' })))).toBe('cba')
  expect(names(routeBy('task', targets, facts()))).toBe('bac')
})

const strategies: Strategy[] = ['fallback', 'round-robin', 'weighted', 'cheapest', 'fastest', 'task']

test.for(strategies)('%s asks open targets last, and asks them all the same', (strategy) => {
  expect(names(routeBy(strategy, [a, b, c], facts(open('a')))).endsWith('a')).toBe(true)
  expect(routeBy(strategy, [a, b], facts(open('a', 'b')))).toHaveLength(2)
  expect(routeBy(strategy, [], facts())).toEqual([])
})

test('a router loses, repeats and changes nothing', () => {
  const targets = fc.uniqueArray(
    fc.record({
      provider: fc.constantFrom('p', 'q'),
      model: fc.string({ minLength: 1, maxLength: 3 }),
      weight: fc.option(fc.nat(5), { nil: undefined }),
      tier: fc.option(fc.nat(2), { nil: undefined }),
      tasks: fc.option(fc.subarray(['x', 'y']), { nil: undefined }),
    }),
    { selector: targetName, maxLength: 8 },
  )
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom(...strategies), targets, fc.nat(), random, (strategy, list, turn, drawn) => {
      const before = structuredClone(list)
      const order = routeBy(strategy, list, facts({ turn, random: () => drawn, task: 'x' }))
      expect(order.map(targetName).sort()).toEqual(list.map(targetName).sort())
      expect(list).toEqual(before)
    }),
  )
})
