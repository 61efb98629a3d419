import type {HaproxyTicketsWanted} from '../haproxy.ts'
import type {Operation} from '../model.ts'

/** HAProxy seals with the last but one, and opens with all of them. */
const keys = 3

/** Keys that session tickets are sealed with: made on the machine, known to nobody else, the oldest gone with each new one. */
export const haproxyTickets: Operation<HaproxyTicketsWanted> = {
  kind: 'haproxy-tickets',
  title: ({path}) => `haproxy-tickets ${path}`,
  path: ({path}) => path,
  questions: ({path}) => [{ask: 'haproxy_tickets', args: [path]}],
  compare(want, [answer]) {
    const [count = '0', age = '0', runs = 'none'] = (answer?.out ?? '').trim().split(' ')
    const change = (what: string, fresh: number) => {
      const actions = [{act: 'haproxy_tickets', args: [want.path, `${fresh}`], shared: true}]
      return [{of: haproxyTickets.title(want), what, actions}]
    }
    if (want.absent) return []
    if (Number(count) !== keys) return change(`${keys} keys of its own`, keys)
    // A clock that was put back says nothing of their age.
    const old = want.newestWithin !== undefined && !(Number(age) >= 0 && Number(age) < want.newestWithin)
    if (old) return change('a new key, and the oldest goes', 1)
    return runs === 'others' ? change('what runs has other keys', 0) : []
  },
}
