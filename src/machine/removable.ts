/** Anything that may be wanted gone. */
export interface Removable {
  /** True when the thing must not be there (removal, undo). */
  readonly absent?: boolean
}
