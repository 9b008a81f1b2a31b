// Who there is: names, their numbers (given once, never again), and terms shared by all who have the same.
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { RosterTexts } from './roster-texts.ts'

export class Roster {
  /** Lower-cased name to number: two names may not differ by case alone. */
  readonly #numbers = new Map<string, number>()
  readonly #names: Name[] = []
  /** Undefined: removed; its number and name stay for the facts that carry them. */
  readonly #terms: (Terms | undefined)[] = []
  readonly #shared = new Map<string, Terms>()
  /** How often each page of 1,024 changed. */
  readonly #revisions: number[] = []
  readonly texts: RosterTexts = new RosterTexts(this)
  /** One signal asks for the same name several times in a row. */
  #lastName: Name | undefined
  #lastNumber = -1

  /** How many there are; removed ones not counted. */
  get size(): number {
    return this.#numbers.size
  }

  /** Numbers ever given: 0 … count − 1. */
  get count(): number {
    return this.#names.length
  }

  /** The number of a known name, to the letter; −1: unknown. */
  find(name: Name): number {
    if (name === this.#lastName) return this.#lastNumber
    const number = this.#numbers.get(name) ?? this.#numbers.get(name.toLowerCase()) ?? -1
    this.#lastName = name
    this.#lastNumber = this.#names[number] === name ? number : -1
    return this.#lastNumber
  }

  /** The known name that differs from `name` by case alone. */
  clash(name: Name): Name | undefined {
    const known = this.#names[this.#numbers.get(name.toLowerCase()) ?? -1]
    return known === name ? undefined : known
  }

  nameOf(number: number): Name | undefined {
    return this.#names[number]
  }

  termsOf(number: number): Terms | undefined {
    return this.#terms[number]
  }

  /** Another each time a page changes. */
  revisionOf(page: number): number {
    return this.#revisions[page] ?? 0
  }

  /** Declares a name or gives it other terms. */
  declare(name: Name, terms: Terms): number {
    const known = this.find(name)
    const number = known === -1 ? this.#names.length : known
    this.set(number, name, terms)
    return number
  }

  /** `isShared`: the terms are an object that `share` gave. */
  set(number: number, name: Name, terms: Terms | undefined, isShared = false): void {
    this.#lastName = undefined
    while (this.#names.length < number) this.#names.push('')
    this.#names[number] = name
    this.#changed(number)
    this.#terms[number] = terms === undefined || isShared ? terms : this.share(terms)
    if (terms !== undefined) this.#numbers.set(name.toLowerCase(), number)
  }

  remove(number: number): void {
    this.#lastName = undefined
    this.#terms[number] = undefined
    this.#changed(number)
    this.#numbers.delete((this.#names[number] as Name).toLowerCase())
  }

  /** The one object that stands for all terms that read the same. */
  share(terms: Terms): Terms {
    const text = JSON.stringify(terms)
    const known = this.#shared.get(text)
    if (known !== undefined) return known
    this.#shared.set(text, terms)
    return terms
  }

  *numbers(): Iterable<number> {
    for (let number = 0; number < this.#names.length; number++) if (this.#terms[number] !== undefined) yield number
  }

  #changed(number: number): void {
    this.#revisions[number >> 10] = this.revisionOf(number >> 10) + 1
  }
}
