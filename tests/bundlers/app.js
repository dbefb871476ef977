// An application that takes everything the main entry has.
import * as everything from '../../dist/index.js'

globalThis.everything = everything
