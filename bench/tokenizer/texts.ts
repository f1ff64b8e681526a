import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alphabets } from './alphabets.ts'

const root = join(import.meta.dirname, '../..')

/** Numbers from 0 to below `below`, the same ones in every run. */
const createRandom = (seed: number): ((below: number) => number) => {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return Math.floor(((state >>> 0) / 2 ** 32) * below)
  }
}

/** Draws parts until there are `length` characters. */
const fill = (length: number, draw: () => string): string => {
  const parts: string[] = []
  for (let total = 0; total < length; ) {
    const part = draw()
    parts.push(part)
    total += part.length
  }
  return parts.join('').slice(0, length).toWellFormed()
}

const read = (...patterns: string[]): string =>
  globSync(patterns, { cwd: root, exclude: (name) => /node_modules|dist$/.test(String(name)) })
    .sort()
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n\n')

let prose: string[] | undefined
let sources: string[] | undefined

/** Makes a text of `length` characters; another number gives another text of the same kind. */
export type MakeText = (seed: number, length: number) => string

/** The documents of this workspace, their paragraphs in another order for each number. */
export const english: MakeText = (seed, length) => {
  prose ??= read('*.md', 'docs/**/*.md', 'packages/*/README.md').split(/(?<=\n\n)/)
  const paragraphs = prose
  const random = createRandom(seed)
  return fill(length, () => paragraphs[random(paragraphs.length)] ?? '')
}

/** The TypeScript of this workspace, its blocks in another order for each number. */
export const code: MakeText = (seed, length) => {
  sources ??= read('packages/*/src/**/*.ts', 'apps/*/src/**/*.ts').split(/(?<=\n\n)/)
  const blocks = sources
  const random = createRandom(seed)
  return fill(length, () => blocks[random(blocks.length)] ?? '')
}

const words = (list: string): string[] => list.split(' ')

const chineseWords = {
  who: words(
    '我们 他们 老师 学生 医生 工程师 公司 政府 研究人员 邻居 孩子 顾客 记者 市长 图书管理员 一位老人',
  ),
  when: words('今天 昨天 明年 上个星期 早上 最近 三年前 会议之后 下雨的时候 从那以后'),
  verb: words('讨论 发现 准备 介绍 改变 购买 研究 保护 设计 记录 等待 整理 解决 比较 翻译 修理'),
  what: words(
    '新的计划 天气变化 城市交通 历史文献 电脑程序 环境问题 传统文化 教育方法 数据安全 旧书 春天的花园 铁路地图 海洋生物 价格 语言模型 晚饭',
  ),
  link: words('因为 但是 所以 而且 虽然 如果 不过 同时 然后'),
}

/** Chinese sentences out of common words. */
export const chinese: MakeText = (seed, length) => {
  const random = createRandom(seed)
  const one = (list: readonly string[]): string => list[random(list.length)] ?? ''
  const { who, when, verb, what, link } = chineseWords
  return fill(length, () => {
    const first = `${one(when)}${one(who)}${one(verb)}了${one(what)}`
    const second = `${one(link)}${one(who)}还没有${one(verb)}${one(what)}和${one(what)}`
    return random(3) === 0 ? `${first}。` : `${first}，${second}。${random(6) === 0 ? '\n\n' : ''}`
  })
}

const japaneseWords = {
  who: words(
    '私たち 先生 学生 田中さん 会社 医者 エンジニア 研究者 子どもたち 図書館の人 お客様 市長 友達 祖母',
  ),
  when: words('昨日 今日 来年 先週の金曜日 朝早く 最近 三年前 会議のあと 雨が降ったとき 夏休み'),
  where: words('東京 大阪 公園 駅前 図書館 病院 会議室 海の近く 小さな町 インターネット'),
  what: words(
    '新しい計画 天気の変化 古い本 コンピューター 環境の問題 データベース 伝統文化 料理の作り方 言語モデル 鉄道の地図 プログラム 安全な方法 写真 手紙',
  ),
  verb: words(
    '見つけました 話し合いました 準備しています 紹介した 変えようとしている 買いました 調べています 直しました',
  ),
  link: words('ので が けれども ために ながら から と聞いて'),
}

/** Japanese sentences out of common words; seldom a comma, so that pieces between punctuation are long. */
export const japanese: MakeText = (seed, length) => {
  const random = createRandom(seed)
  const one = (list: readonly string[]): string => list[random(list.length)] ?? ''
  const { who, when, where, what, verb, link } = japaneseWords
  return fill(length, () => {
    const clause = `${one(when)}は${one(who)}が${one(where)}で${one(what)}を${one(verb)}`
    const comma = random(2) === 0 ? '、' : ''
    const more = random(3) === 0 ? '' : `${one(link)}${comma}${one(who)}も${one(what)}を${one(verb)}`
    return `${clause}${more}。${random(6) === 0 ? '\n' : ''}`
  })
}

/** What splitting by words does not bring into short pieces, in runs of 20 to 400 units. */
export const hostile: MakeText = (seed, length) => {
  const random = createRandom(seed)
  return fill(length, () => {
    const units = alphabets[random(alphabets.length)] ?? []
    return Array.from({ length: 20 + random(380) }, () => units[random(units.length)] ?? '').join('')
  })
}

/** Text out of one alphabet, drawn at random; it has a single piece where the alphabet has nothing to cut at. */
export const ofAlphabet = (units: readonly string[], length: number): string => {
  const random = createRandom(units.length)
  return fill(length, () => units[random(units.length)] ?? '')
}
