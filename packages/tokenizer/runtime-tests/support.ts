/** Text of every character below U+3400, where the scripts are that mix classes, beside what it may be cut from. */
export const everyCharacter = (): string => {
  const parts: string[] = []
  for (let codePoint = 0; codePoint < 0x3400; codePoint += 1) {
    const character = String.fromCodePoint(codePoint)
    parts.push(`a${character}B ${character}1${character}\n`)
  }
  return parts.join('')
}

/** A number that tells lists of ids apart (FNV-1a over their bytes). */
export const fingerprint = (ids: readonly number[]): string => {
  let hash = 0x811c9dc5
  for (const id of ids) {
    for (let shift = 0; shift < 24; shift += 8) hash = Math.imul(hash ^ ((id >> shift) & 255), 0x01000193)
  }
  return `${ids.length}:${(hash >>> 0).toString(16)}`
}
