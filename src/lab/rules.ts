import {type Lab, linkPrefix, tableName} from './model.ts'

/**
 * The lab's whole nftables table, as a script that replaces it in one transaction. Hosts reach the world
 * through the machine (so that apt works in them), and one lab never reaches another. What stays in the lab keeps its
 * sender, whatever address it is sent to: a machine may have bridged frames judged by these rules too.
 */
export function labRules(lab: Pick<Lab, 'name' | 'octet'>): string {
  const table = tableName(lab)
  const [sites, outside] = [`"${linkPrefix(lab.octet)}s*"`, `"${linkPrefix(lab.octet)}out"`]
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname ${sites} oifname != { ${sites}, ${outside} } oifname "shl*" drop
    iifname ${outside} oifname != ${sites} oifname "shl*" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname { ${sites}, ${outside} } accept
    ip saddr 10.${lab.octet}.0.0/16 ip daddr != 10.${lab.octet}.0.0/16 masquerade
    ip6 saddr fd5e:1f:${lab.octet.toString(16)}::/48 ip6 daddr != fd5e:1f:${lab.octet.toString(16)}::/48 masquerade
  }
}
`
}
