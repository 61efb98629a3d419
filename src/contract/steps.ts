export {across, type Checked, mapping, spanning} from './across.ts'
export {contractIn} from './check.ts'
export {type Difference, differences} from './difference.ts'
export {bytesOf, checkedDocument, readDocument, type Shape} from './document.ts'
