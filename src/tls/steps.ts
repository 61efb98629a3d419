export {defaultPolicy, type HaproxyTls, haproxyTls, type PolicyName, policies, type TlsPolicy} from './policy.ts'
