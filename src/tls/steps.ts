export {type Hello, handshakeWith} from './handshake.ts'
export {defaultPolicy, type HaproxyTls, haproxyTls, type PolicyName, policies, type TlsPolicy} from './policy.ts'
