import { expect, test } from 'vitest'
import { allowAll, allowList, denyDangerous, denyList } from './policies.ts'
import type { ToolPolicy } from './types.ts'

const tool = (name: string, dangerous = false) => ({ name, dangerous })
const allows = (policy: ToolPolicy, name: string, tenant = 'acme', dangerous = false): boolean =>
  policy.allows(tool(name, dangerous), { tenant })

test('allowAll allows everything, denyDangerous everything but the dangerous', () => {
  expect(allows(allowAll(), 'bash', 'acme', true)).toBe(true)
  expect(allows(denyDangerous(), 'bash', 'acme', true)).toBe(false)
  expect(allows(denyDangerous(), 'echo')).toBe(true)
})

test('an allow-list allows what it names, and can be changed', () => {
  const policy = allowList(['echo', 'bash'])
  expect(allows(policy, 'echo')).toBe(true)
  expect(allows(policy, 'bash', 'acme', true)).toBe(true)
  expect(allows(policy, 'calculator')).toBe(false)
  policy.add('calculator')
  expect(allows(policy, 'calculator')).toBe(true)
  policy.remove('calculator')
  policy.remove('echo')
  expect(allows(policy, 'calculator')).toBe(false)
  expect(allows(policy, 'echo')).toBe(false)
})

test('an allow-list by tenant allows each tenant its own, and an unnamed tenant nothing', () => {
  const policy = allowList({ acme: ['echo'], globex: ['calculator'] })
  expect(allows(policy, 'echo', 'acme')).toBe(true)
  expect(allows(policy, 'calculator', 'acme')).toBe(false)
  expect(allows(policy, 'calculator', 'globex')).toBe(true)
  for (const stranger of ['initech', 'constructor', '__proto__', '']) {
    expect(allows(policy, 'echo', stranger)).toBe(false)
  }
})

test('adding and removing for one tenant leaves the others alone, without a tenant it is for all', () => {
  const policy = allowList({ acme: ['echo'], globex: ['echo'] })
  policy.add('timestamp', 'initech')
  expect(allows(policy, 'timestamp', 'initech')).toBe(true)
  expect(allows(policy, 'timestamp', 'acme')).toBe(false)
  policy.remove('echo', 'acme')
  expect(allows(policy, 'echo', 'acme')).toBe(false)
  expect(allows(policy, 'echo', 'globex')).toBe(true)
  policy.remove('echo')
  expect(allows(policy, 'echo', 'globex')).toBe(false)
  policy.add('echo')
  expect(allows(policy, 'echo', 'anyone')).toBe(true)
})

test('a deny-list denies what it names, for all or by tenant', () => {
  expect(allows(denyList(['bash']), 'bash')).toBe(false)
  expect(allows(denyList(['bash']), 'echo')).toBe(true)
  const byTenant = denyList({ acme: ['echo'] })
  expect(allows(byTenant, 'echo', 'acme')).toBe(false)
  expect(allows(byTenant, 'echo', 'globex')).toBe(true)
})

test('the list that a policy was made from can change without changing the policy', () => {
  const names = ['echo']
  const policy = allowList(names)
  names.push('bash')
  expect(allows(policy, 'bash')).toBe(false)
})
