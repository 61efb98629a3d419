import t from 'tap'
import {nearest} from '../../src/cli/nearest.ts'

const known = ['tenant create', 'tenant show', 'tenant remove', 'host add', 'host apply', 'doctor', 'run list']

t.same(nearest('tenant shwo', known), ['tenant show'], 'two letters swapped')
t.same(nearest('tennant show acme', known), ['tenant show'], 'arguments do not count')
t.same(nearest('docter', known), ['doctor'])
t.same(nearest('hosts add', known), ['host add'])
t.same(nearest('runs', known), [], 'what is far off is not guessed')
t.same(nearest('frobnicate', known), [])
