import {inspect} from 'node:util'

/** A value that prints as `***` wherever it is printed; `expose` is the one way to its content. */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The content; call it only where it is sent on stdin, sealed or compared. */
  expose(): T {
    return this.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect.custom](): string {
    return '***'
  }
}
