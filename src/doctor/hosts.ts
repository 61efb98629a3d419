import type {Host} from '../host/model.ts'
import {type Checkup, checkup, fleetOf, overHosts} from '../host/steps.ts'
import {portRanges} from '../ledger/port.ts'
import {type Check, type Finding, finding} from './model.ts'

const largestOffset = 2
const leastFree = 10

/** Every host answers with its pinned key, keeps time, has room, runs what it should, and hides its databases (R012). */
export const hosts: Check = {
  name: 'hosts',
  run: async ({ledger, ways, clock}) => {
    const fleet = await fleetOf(ledger)
    const pace = {parallel: 16, perSite: 8, deadline: 20_000}
    const outcomes = await overHosts(fleet, pace, host => checkup(ways, clock, host))
    return outcomes.flatMap((outcome, at) => {
      const host = fleet[at]
      if (host && outcome.ok) return findingsOf(host, outcome.value)
      if (outcome.ok) return []
      const {code, message, remedies} = outcome.error
      return [
        finding(
          {
            ...{check: code === 'host-key-changed' ? 'host-key' : 'reachable', subject: outcome.host},
            ...{expected: 'answers with its pinned key', found: message},
            remedy: remedies[0] ?? `selfhelp host show ${outcome.host}`,
          },
          false,
        ),
      ]
    })
  },
}

/** What a host's own answers say; pure. */
export function findingsOf({name: subject, facts, address}: Host, found: Checkup): readonly Finding[] {
  const offset = Math.abs(found.offsetSeconds)
  const open = found.listening.filter(({port, on}) => isDatabase(port) && !isPrivate(on, address))
  return [
    finding({check: 'reachable', subject, expected: 'answers', found: 'answers', remedy: ''}, true),
    finding(
      {
        ...{
          check: 'clock',
          subject,
          expected: `${largestOffset} s off at most`,
          found: `${found.offsetSeconds.toFixed(2)} s`,
        },
        remedy: facts.container ? 'Set the clock of the machine below.' : `On ${subject}: timedatectl timesync-status`,
      },
      offset <= largestOffset + found.uncertainSeconds,
    ),
    finding(
      {
        ...{check: 'disk', subject, expected: `${leastFree} % free or more`, found: `${found.diskFreePercent} %`},
        remedy: `Make room on ${subject}: df -h; journalctl --vacuum-size=200M`,
      },
      found.diskFreePercent >= leastFree,
    ),
    finding(
      {
        ...{check: 'version', subject, expected: `Debian ${facts.debian}`, found: `Debian ${found.debian}`},
        remedy: `Adopt it anew: selfhelp host retire ${subject}, then host add.`,
      },
      found.debian.split('.')[0] === `${facts.debian}`,
    ),
    finding(
      {
        ...{check: 'database-hidden', subject, expected: 'loopback or the private address'},
        found: open.length === 0 ? 'so it is' : open.map(({on, port}) => `${on}:${port}`).join(', '),
        remedy: `selfhelp host apply ${subject}, and look who listens: ss -ltnp`,
      },
      open.length === 0,
    ),
  ]
}

const isDatabase = (port: number): boolean =>
  port === 5432 || (port >= portRanges.database[0] && port <= portRanges.database[1])

const isPrivate = (on: string, address: string): boolean =>
  on.startsWith('127.') || on === '[::1]' || on === address || on === `[${address}]`
