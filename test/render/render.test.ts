import t from 'tap'
import {render} from '../../src/render/render.ts'

t.test('facts stand in the text and lines stay lines', async t => {
  const text = render('etc/ssh/sshd_config.d/10-selfhelp.conf', {user: 'selfhelp', networks: ['10.1.0.1', 'fd00::/64']})
  t.match(text, '\nAllowUsers selfhelp@10.1.0.1 selfhelp@fd00::/64\nAuthenticationMethods publickey\n')
})

t.test('a missing fact is a bug that names template and field', async t => {
  try {
    render('etc/sudoers.d/selfhelp', {} as {user: string})
    t.fail('it was rendered')
  } catch (error) {
    t.match(error, {code: 'bug', message: /etc\/sudoers\.d\/selfhelp.*user/})
  }
})
