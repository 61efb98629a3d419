import t from 'tap'
import {homeOf} from '../../src/cli/home.ts'

t.equal(homeOf({SELFHELP_HOME: '/srv/cmc'}, 0), '/srv/cmc', 'SELFHELP_HOME wins')
t.equal(homeOf({HOME: '/root'}, 0), '/var/lib/selfhelp', 'root keeps it under /var/lib')
t.equal(homeOf({HOME: '/home/jane', XDG_DATA_HOME: '/data'}, 1000), '/data/selfhelp', 'others where XDG says')
t.equal(homeOf({HOME: '/home/jane'}, 1000), '/home/jane/.local/share/selfhelp', 'or in their home')
