export {type Hello, handshakeWith} from './handshake.ts'
export {judgeScan} from './judge.ts'
export {defaultPolicy, type HaproxyTls, haproxyTls, type PolicyName, policies, type TlsPolicy} from './policy.ts'
export {scan} from './scan.ts'
