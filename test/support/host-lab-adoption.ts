export {adoption as killable} from './host-lab.ts'
