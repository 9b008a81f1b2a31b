// In which line of a text a place is.

/** Asked for places from the top down, it counts each line once. */
export function lineCounter(text: string): (at: number) => number {
  let [line, from] = [1, 0]
  return (at) => {
    if (at < from) [line, from] = [1, 0]
    for (let end = text.indexOf('\n', from); end >= 0 && end < at; end = text.indexOf('\n', from)) {
      line++
      from = end + 1
    }
    return line
  }
}
