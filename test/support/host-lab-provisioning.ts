export {provisioning as killable} from './host-lab.ts'
