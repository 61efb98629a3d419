import {Refusal} from '../error.ts'

/** What is expected of a customer; counts of the busiest hour. */
export interface Load {
  readonly users: number
  readonly loginsPerHour?: number | undefined
  readonly mailsPerHour: number
  /** Those who come through the VPN, where that was agreed (R090). */
  readonly concurrent?: number | undefined
  readonly pageKilobytes?: number | undefined
}

export interface Sized {
  /** Always true: these are estimates (R085). */
  readonly estimate: true
  readonly items: readonly {
    readonly what: string
    readonly perSecond: number
    readonly bytesEach: number
    readonly kilobitsPerSecond: number
  }[]
  /** With what encryption adds. */
  readonly kilobitsPerSecond: number
  readonly assumptions: readonly string[]
  /** What was declared for the VPNs there are, and whether it is enough. */
  readonly declared: readonly {readonly vpn: string; readonly kilobitsPerSecond: number; readonly enough: boolean}[]
}

/** A mail and a sign-in are below 1 kB each (R087, R088). */
const bytesEach = 1000
/** The busiest second holds this many times the mean of its hour. */
const peak = 5
/** ESP in UDP with AES-GCM adds about 80 bytes to packets of a few hundred: a third. */
const encryption = 1.33

/** Kilobits in the second in which every user at once loads a page (R090). */
export function kilobitsOfUsers({concurrent, pageKilobytes}: {concurrent: number; pageKilobytes: number}): number {
  return Math.ceil(concurrent * pageKilobytes * 8)
}

/**
 * The bandwidth these functions need in their busiest second, because they work in real time (R084–R090).
 * Throws `Refusal('input-invalid')` for counts nobody has.
 */
export function sized(load: Load, declared: readonly {vpn: string; kilobitsPerSecond: number}[] = []): Sized {
  refuseNonsense(load)
  const {users, mailsPerHour, loginsPerHour = users, concurrent, pageKilobytes = 300} = load
  const perSecond = (hourly: number) => Math.ceil((hourly / 3600) * peak)
  const small = (what: string, hourly: number) => {
    const count = perSecond(hourly)
    return {what, perSecond: count, bytesEach, kilobitsPerSecond: (count * bytesEach * 8) / 1000}
  }
  const pages = concurrent
    ? [
        {
          ...{what: 'pages for users through the VPN', perSecond: concurrent, bytesEach: pageKilobytes * 1000},
          kilobitsPerSecond: kilobitsOfUsers({concurrent, pageKilobytes}),
        },
      ]
    : []
  const items = [
    small('sign-ins checked by the directory', loginsPerHour),
    small('mails through their server', mailsPerHour),
    ...pages,
  ]
  const kilobitsPerSecond = Math.ceil(items.reduce((sum, item) => sum + item.kilobitsPerSecond, 0) * encryption)
  return {
    estimate: true,
    items,
    kilobitsPerSecond,
    assumptions: [
      `the busiest second holds ${peak} times the mean of its hour`,
      ...(load.loginsPerHour === undefined ? ['every user signs in within one hour'] : []),
      'a mail or a sign-in is 1 kB at most',
      'encryption adds a third to small packets',
    ],
    declared: declared.map(each => ({...each, enough: each.kilobitsPerSecond >= kilobitsPerSecond})),
  }
}

function refuseNonsense(load: Load): void {
  const faults = Object.entries(load).flatMap(([name, value]) =>
    value === undefined || (Number.isSafeInteger(value) && value >= 0 && value <= 100_000_000)
      ? []
      : [`${name} is ${value}, not a whole number from 0 to 100000000`],
  )
  if (faults.length > 0)
    throw new Refusal('input-invalid', `The load cannot be read: ${faults.join('; ')}.`, {facts: {faults}})
}
