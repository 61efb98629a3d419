import t from 'tap'
import {changedPackages, packagesIn} from '../../src/maintenance/packages.ts'

t.test('what is installed and what is newer are told apart, and security from the rest', async t => {
  const out = [
    'has\tadduser\t3.134\tii ',
    'has\tbroken\t1.1\tiF ',
    'has\tgone\t2.0\trc ',
    'has\tlibssl3\t3.0.11-1~deb12u2\tii ',
    'NOTE: This is only a simulation!',
    'Inst libssl3 [3.0.11-1~deb12u2] (3.0.15-1~deb12u1 Debian-Security:12/stable-security [amd64])',
    'Inst adduser [3.134] (3.135 Debian:12.9/stable [all]) []',
    'Inst linux-image-6.1.0-30-amd64 (6.1.124-1 Debian-Security:12/stable-security [amd64])',
    'Conf libssl3 (3.0.15-1~deb12u1 Debian-Security:12/stable-security [amd64])',
  ].join('\n')
  t.strictSame(packagesIn(out), {
    installed: {adduser: '3.134', broken: '1.1 (iF)', libssl3: '3.0.11-1~deb12u2'},
    upgrades: [
      {name: 'libssl3', from: '3.0.11-1~deb12u2', to: '3.0.15-1~deb12u1', security: true},
      {name: 'adduser', from: '3.134', to: '3.135', security: false},
    ],
  })
  t.strictSame(packagesIn(''), {installed: {}, upgrades: []})
})

t.test('what changed is a line for each package', async t => {
  const [before, after] = [
    {a: '1', b: '1', c: '1'},
    {a: '1', b: '2', d: '1'},
  ]
  t.strictSame(changedPackages(before, after), ['b 1 → 2', 'c 1 → gone', 'd new → 1'])
})
