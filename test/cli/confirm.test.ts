import t from 'tap'
import {asked, confirmed} from '../../src/cli/confirm.ts'
import {scriptedStreams} from '../support/streams.ts'

const warning = 'Everything of acme will be removed.'
const never = async (): Promise<string> => {
  throw new Error('nobody is to be asked')
}

t.test('danger is confirmed by the name, typed or given', async t => {
  await confirmed({name: 'acme', warning, confirm: 'acme'}, scriptedStreams(), never)
  const terminal = scriptedStreams(80)
  await confirmed({name: 'acme', warning, confirm: undefined}, terminal, async () => ' acme ')
  t.match(terminal.err.text, warning)
})

t.test('another name, a yes, or silence confirms nothing', async t => {
  for (const typed of ['yes', 'y', '', 'acme2', 'ACME']) {
    await t.rejects(confirmed({name: 'acme', warning, confirm: typed}, scriptedStreams(80), never), {
      code: 'confirmation-missing',
    })
    await t.rejects(
      confirmed({name: 'acme', warning, confirm: undefined}, scriptedStreams(80), async () => typed),
      {
        code: 'confirmation-missing',
      },
    )
  }
})

t.test('without a terminal nobody is asked, and the flag is named', async t => {
  const danger = confirmed({name: 'acme', warning, confirm: undefined}, scriptedStreams(), never)
  t.match(await danger.catch(error => error), {exit: 3, remedies: ['--confirm acme']})
  const question = asked({message: 'Which?', flag: '--host-key-fingerprint SHA256:…'}, scriptedStreams(), never)
  t.match(await question.catch(error => error), {exit: 2, remedies: ['Give --host-key-fingerprint SHA256:….']})
})
