/** Who is due when: a heap of times, of which each name has one. */

interface Place {
  readonly id: string
  readonly at: number
  /** Who was set first is due first: tasks that wait for the same moment do not pass each other. */
  readonly turn: number
}

/** Old places that may be left in the heap, beside as many as there are names. */
const LEFT = 1000

const sooner = (one: Place, other: Place): boolean =>
  one.at < other.at || (one.at === other.at && one.turn < other.turn)

const heap = () => {
  const items: Place[] = []
  const swap = (a: number, b: number) => {
    const held = items[a]!
    items[a] = items[b]!
    items[b] = held
  }
  return {
    first: (): Place | undefined => items[0],
    size: () => items.length,
    push: (place: Place) => {
      let at = items.push(place) - 1
      for (let parent = (at - 1) >> 1; at > 0 && sooner(items[at]!, items[parent]!); parent = (at - 1) >> 1) {
        swap(parent, at)
        at = parent
      }
    },
    pop: (): Place | undefined => {
      const top = items[0]
      const last = items.pop()
      if (items.length === 0 || last === undefined) return top
      items[0] = last
      for (let at = 0; ; ) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < items.length && sooner(items[child]!, items[least]!)) least = child
        if (least === at) return top
        swap(at, least)
        at = least
      }
    },
  }
}

export const dueTimes = () => {
  let places = heap()
  const wanted = new Map<string, Place>()
  let turns = 0

  /** A name that was set again left its old place behind. */
  const isOld = (place: Place) => wanted.get(place.id) !== place

  /** What is set again and again for a time that is far away leaves many. */
  const clear = () => {
    places = heap()
    for (const place of wanted.values()) places.push(place)
  }

  return {
    ids: () => wanted.keys(),
    /** When the next may be due; undefined where nobody is. */
    next: (): number | undefined => places.first()?.at,
    /** Places that are held in memory. */
    size: () => places.size(),

    set: (id: string, at: number | null): void => {
      if (at === null) {
        wanted.delete(id)
        return
      }
      if (wanted.get(id)?.at === at) return
      const place = { id, at, turn: turns++ }
      wanted.set(id, place)
      places.push(place)
      if (places.size() > LEFT + 2 * wanted.size) clear()
    },

    /** Takes the next that is due, or null. */
    take: (now: number): string | null => {
      for (let first = places.first(); first !== undefined && first.at <= now; first = places.first()) {
        places.pop()
        if (isOld(first)) continue
        wanted.delete(first.id)
        return first.id
      }
      return null
    },
  }
}
