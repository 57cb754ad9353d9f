import { colours } from './colours.ts'
import { forms } from './forms.ts'
import { frame } from './frame.ts'
import { lists } from './lists.ts'
import { narrow } from './narrow.ts'

/** The style sheet of the console. */
export const consoleStyle = [colours, frame, lists, forms, narrow].join('')
