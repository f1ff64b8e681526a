/** A unit of a history, as far as fitting is concerned. */
export interface Weight {
  /** Tokens of what may be dropped; 0 for a pinned unit. */
  loose: number
  /** Tokens of what is kept in any case. */
  pinned: number
  /** True for a user message that may be dropped: contexts start at one. */
  opens: boolean
}

/**
 * Which loose units are kept: the opening one, if there is one, and all from `from` on. Nothing lies between them unless
 * one exchange alone is above the budget.
 */
export interface Cut {
  opening: number | undefined
  from: number
}

/**
 * Where a history is cut. It is walked as it grew: as long as it fits nothing happens, and when it overflows the cut moves
 * on to the first user message behind which at most `target` tokens lie. The next overflow is then far away, so that many
 * requests in a row start with the same messages and the provider's prompt cache stays warm. The cut depends on the
 * history alone, not on what was asked before.
 */
export function chooseCut(units: readonly Weight[], limit: number, share: number): Cut {
  const walk = createWalk(units)
  let cut: Cut = { opening: undefined, from: 0 }
  for (const [last, unit] of units.entries()) {
    walk.add(unit, last)
    // What was cut before there was any user message starts at the first one that comes.
    if (unit.opens && cut.opening === undefined && cut.from > 0) cut = { opening: last, from: last + 1 }
    const room = limit - walk.pinned()
    if (walk.tokens(cut, last) > room)
      cut = moveOn(walk, cut, last, { room, target: Math.floor(room * share) })
  }
  return cut
}

function moveOn(walk: Walk, cut: Cut, last: number, { room, target }: { room: number; target: number }): Cut {
  const start = cut.opening ?? cut.from - 1
  // The first opening that leaves room to grow, else the newest one if the exchange that it opens fits.
  const wide = walk.nextOpening(start, (opening) => walk.between(opening, last) <= target)
  if (wide !== undefined) return { opening: wide, from: wide + 1 }
  const newest = walk.newestOpening()
  if (newest !== undefined && newest > start && walk.between(newest, last) <= room) {
    return { opening: newest, from: newest + 1 }
  }
  return shorten(walk, newest, Math.max(cut.from, (newest ?? -1) + 1), last, { room, target })
}

/** Cuts within the newest exchange: its user message stays, with as many of its last units as fit. */
function shorten(
  walk: Walk,
  opening: number | undefined,
  first: number,
  last: number,
  { room, target }: { room: number; target: number },
): Cut {
  for (const bound of [target, room]) {
    for (let from = first; from <= last; from += 1) {
      if (walk.tokens({ opening, from }, last) <= bound) return { opening, from }
    }
  }
  // Not even the newest unit fits beside the user message; without a user message it is kept all the same.
  return { opening, from: opening === undefined ? last : last + 1 }
}

interface Walk {
  /** The first opening unit behind `start` that passes; the cut only moves on, so that those in front are forgotten. */
  nextOpening(start: number, passes: (opening: number) => boolean): number | undefined
  newestOpening(): number | undefined
  add(unit: Weight, index: number): void
  /** Tokens that are kept in any case, so far. */
  pinned(): number
  /** Loose tokens from a unit to the last one. */
  between(from: number, last: number): number
  /** Loose tokens that a cut keeps. */
  tokens(cut: Cut, last: number): number
}

function createWalk(units: readonly Weight[]): Walk {
  // Sums of the loose tokens in front of each unit.
  const sums = [0]
  const openings: number[] = []
  let head = 0
  let pinned = 0
  const between = (from: number, last: number) =>
    (sums[last + 1] ?? 0) - (sums[Math.min(from, last + 1)] ?? 0)
  return {
    nextOpening: (start, passes) => {
      while ((openings[head] ?? start + 1) <= start) head += 1
      for (let index = head; index < openings.length; index += 1) {
        const opening = openings[index]
        if (opening !== undefined && passes(opening)) return opening
      }
      return undefined
    },
    newestOpening: () => openings.at(-1),
    add: (unit, index) => {
      sums.push((sums.at(-1) ?? 0) + unit.loose)
      pinned += unit.pinned
      if (unit.opens) openings.push(index)
    },
    pinned: () => pinned,
    between,
    tokens: ({ opening, from }, last) =>
      (opening === undefined ? 0 : (units[opening]?.loose ?? 0)) + between(from, last),
  }
}
