// A listener of server-sent events, as a browser is one: reads the stream, knows the last id, and can be asked for what came.
export type Heard = {
  readonly event: string
  readonly data: Record<string, unknown> & { readonly now?: Record<string, unknown> }
  readonly id: string
}

export class EventListener {
  readonly heard: Heard[] = []
  status = 0
  lastId = ''
  isOver = false
  readonly #stop = new AbortController()

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventListener> {
    const listener = new EventListener()
    const answer = await fetch(url, { headers, signal: listener.#stop.signal })
    listener.status = answer.status
    listener.#read(answer).catch(() => {
      listener.isOver = true
    })
    return listener
  }

  /** Names of what came. */
  get events(): readonly string[] {
    return this.heard.map(({ event }) => event)
  }

  close(): void {
    this.#stop.abort()
  }

  async #read(answer: Response): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const piece of answer.body ?? []) {
      text += decoder.decode(piece, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() as string
      for (const block of blocks) this.#take(block)
    }
    this.isOver = true
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
    )
    this.lastId = fields.get('id') ?? this.lastId
    const data = fields.get('data')
    if (data !== undefined)
      this.heard.push({ event: fields.get('event') ?? '', data: JSON.parse(data), id: this.lastId })
  }
}
