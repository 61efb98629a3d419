import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {parseSite, residencyObjections, type Site, siteObjections} from '../../src/site/model.ts'

const north: Site = {name: 'north', country: 'FR', tier: '3+', iso27001: '2027-06-30', soc2: '2027-03-31'}
const day = (text: string) => Temporal.PlainDate.from(text)
const rules = (list: readonly {rule: string}[]) => list.map(each => each.rule)

t.test('a certified site of tier 3+ or 4 takes new placements', async t => {
  t.same(siteObjections(north, day('2026-11-22')), [])
  t.same(siteObjections({...north, tier: '4'}, day('2026-11-22')), [])
})

t.test('a tier below 3+ refuses new placements', async t => {
  for (const tier of ['1', '2', '3'] as const)
    t.same(rules(siteObjections({...north, tier}, day('2026-11-22'))), ['R243'])
})

t.test('a certificate counts on its last day and not on the next', async t => {
  t.same(siteObjections(north, day('2027-03-31')), [])
  t.same(rules(siteObjections(north, day('2027-04-01'))), ['R245'])
  t.same(rules(siteObjections(north, day('2027-07-01'))), ['R244', 'R245'])
})

t.test('each place of the data is held against the countries of the contract', async t => {
  const lyon = {...north, name: 'lyon'}
  const bonn = {...north, name: 'bonn', country: 'DE'}
  t.same(residencyObjections(['FR'], {primary: north, secondary: lyon, repository: lyon}), [])
  t.same(residencyObjections(['FR', 'DE'], {primary: north, secondary: bonn}), [])
  const objections = residencyObjections(['FR'], {primary: north, secondary: bonn, repository: bonn})
  t.same(rules(objections), ['R246', 'R246'])
  t.match(objections[1]?.what, /repository site bonn is in DE/)
})

t.test('a site as typed is read, or every fault is named at once', async t => {
  t.same(parseSite({...north}), north)
  try {
    parseSite({name: 'North!', country: 'XX', tier: '5', iso27001: '2027-02-30', soc2: 'soon'})
    t.fail('it was read')
  } catch (error) {
    t.match(error, {exit: 2, facts: {faults: [/name/, /XX/, /tier/, /2027-02-30/, /soon/]}})
  }
})
