import {Temporal} from 'temporal-polyfill'
import {servedCertificates, tenantsWithoutTest} from '../ledger/census.ts'
import {setting} from '../ledger/setting.ts'
import {sites} from '../ledger/site.ts'
import {vpnsWithoutSecond} from '../ledger/vpn.ts'
import {asSite, siteObjections} from '../site/model.ts'
import {type Check, finding} from './model.ts'

const fewDays = 30

/** Certificates are renewed before their last thirty days. */
export const certificates: Check = {
  name: 'certificates',
  run: async ({ledger, clock}) =>
    (await servedCertificates(ledger)).map(({hostname, notAfter}) => {
      const days = Math.floor(notAfter.since(clock.now()).total('hours') / 24)
      const about = {
        ...{check: 'certificates', subject: hostname, expected: `${fewDays} days or more`, found: `${days} days left`},
        remedy: 'selfhelp certificate renew --due; for one that the customer brings: selfhelp certificate install',
      }
      return finding(about, days >= fewDays, days < 0 ? 'difference' : 'warning')
    }),
}

/** Each customer has an environment on which changes can be tried before production (R038). */
export const testEnvironments: Check = {
  name: 'test-environment',
  run: async ({ledger}) =>
    (await tenantsWithoutTest(ledger)).map(tenant =>
      finding(
        {
          ...{check: 'test-environment', subject: tenant, expected: 'one beside production', found: 'production only'},
          remedy: `selfhelp environment add ${tenant}/qualification, once the contract subscribes it (R038)`,
        },
        false,
        'warning',
      ),
    ),
}

/** Sites keep their tier and certificates (R243–R245); told sixty days ahead. */
export const siteCertificates: Check = {
  name: 'sites',
  run: async ({ledger, clock}) => {
    const today = clock.now().toZonedDateTimeISO('UTC').toPlainDate()
    return (await sites(ledger)).map(row => {
      const site = asSite(row)
      const [now] = siteObjections(site, today)
      const [soon] = siteObjections(site, today.add(Temporal.Duration.from({days: 60})))
      const about = {
        ...{check: 'sites', subject: site.name, expected: 'tier 3+, ISO 27001, SOC 2'},
        found: (now ?? soon)?.what ?? `tier ${site.tier}, ${site.iso27001}, ${site.soc2}`,
        remedy: (now ?? soon)?.remedy ?? '',
      }
      return finding(about, soon === undefined, now === undefined ? 'warning' : 'difference')
    })
  },
}

/** After a failover the second site reaches the customer's servers only through a VPN of its own (R098, R099). */
export const secondVpns: Check = {
  name: 'second-vpn',
  run: async ({ledger}) =>
    (await vpnsWithoutSecond(ledger)).map(({tenant, site}) =>
      finding(
        {
          ...{check: 'second-vpn', subject: tenant, expected: `a VPN at ${site} too`, found: 'none there'},
          remedy: `selfhelp vpn add FILE, with site: ${site}; without it sign-in and mail fall back to our own after a failover`,
        },
        false,
        'warning',
      ),
    ),
}

const oldestBackup = 30

/** Everything the ledger knows is brought to another host every ten minutes. */
export const ledgerBackups: Check = {
  name: 'ledger-backup',
  run: async ({ledger, clock, env}) => {
    // Whoever runs that PostgreSQL backs it up.
    if (env.SELFHELP_DATABASE_URL) return []
    const kept = await setting(ledger, 'ledger-backup')
    const arrived = kept?.arrivedAt === undefined ? undefined : Temporal.Instant.from(kept.arrivedAt)
    const minutes = arrived && clock.now().since(arrived).total('minutes')
    const about = {
      ...{check: 'ledger-backup', subject: 'ledger', expected: `on another host, ${oldestBackup} min old at most`},
      found:
        minutes === undefined ? 'never brought to another host' : `${Math.round(minutes)} min old on ${kept?.host}`,
      remedy: kept ? 'selfhelp scheduler, always on; now: selfhelp ledger backup' : 'selfhelp ledger backup --to HOST',
    }
    return [finding(about, minutes !== undefined && minutes <= oldestBackup, kept ? 'difference' : 'warning')]
  },
}
