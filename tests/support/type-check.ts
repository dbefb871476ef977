import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { PROJECT } from './readme.ts'

/** Where the files seem to be: a folder of the project, so that its packages are found. */
const FOLDER = join(PROJECT, 'tests/integration/unwritten')

/** What the compiler says, with the project's own settings, of files that are not written anywhere; by their names. */
export function complaintsAbout(files: Record<string, string>): string[] {
  const written = new Map(Object.entries(files).map(([name, code]) => [join(FOLDER, name), code]))
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile, directoryExists } = host
  host.fileExists = (path) => written.has(path) || fileExists(path)
  host.directoryExists = (path) => path === FOLDER || Boolean(directoryExists?.(path))
  host.readFile = (path) => written.get(path) ?? readFile(path)
  host.getSourceFile = (path, languageVersion, ...how) => {
    const code = written.get(path)
    if (code === undefined) return getSourceFile(path, languageVersion, ...how)
    return ts.createSourceFile(path, code, languageVersion)
  }
  const program = ts.createProgram([...written.keys()], { ...options, noUnusedLocals: false }, host)
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file || written.has(file.fileName))
    .map(({ file, messageText }) => {
      const name = file?.fileName.slice(FOLDER.length + 1) ?? ''
      return `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}

/** The members of an interface, with what their comments name as the default. */
export function membersOf(path: string, name: string): Map<string, string | undefined> {
  const code = readFileSync(join(PROJECT, path), 'utf8')
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const found = file.statements.filter(ts.isInterfaceDeclaration).find((node) => node.name.text === name)
  const members = found?.members ?? []
  return new Map(
    members.map((member) => {
      const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default')
      return [member.name?.getText() ?? '', ts.getTextOfJSDocComment(tag?.comment)]
    }),
  )
}
