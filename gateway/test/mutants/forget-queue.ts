// The gateway with one fault: what was queued when it ended is not taken up again when it starts.
import { Watch } from '../../src/app/watch.ts'

const { start } = Watch.prototype
Watch.prototype.start = function (this: Watch, ...args: Parameters<typeof start>): void {
  const { pager } = this
  const take = pager.take
  pager.take = () => undefined
  start.apply(this, args)
  pager.take = take
}

await import('../pager-crash-points.ts')
