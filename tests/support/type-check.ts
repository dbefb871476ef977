import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { PROJECT } from './readme.ts'

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
