import t from 'tap'
import {labRules} from '../../src/lab/rules.ts'

t.test('the rules of a lab replace its own table at once, let it out, and keep it from other labs', async t => {
  t.equal(
    labRules({name: 'my-lab', octet: 77}),
    `table inet selfhelp_lab_my_lab
delete table inet selfhelp_lab_my_lab
table inet selfhelp_lab_my_lab {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "shl77s*" oifname != { "shl77s*", "shl77out" } oifname "shl*" drop
    iifname "shl77out" oifname != "shl77s*" oifname "shl*" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname { "shl77s*", "shl77out" } accept
    ip saddr 10.77.0.0/16 ip daddr != 10.77.0.0/16 masquerade
    ip6 saddr fd5e:1f:4d::/48 ip6 daddr != fd5e:1f:4d::/48 masquerade
  }
}
`,
  )
})
