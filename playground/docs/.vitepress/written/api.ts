import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { PROJECT } from './project.ts'

/** Declarations that an entry of the package exports, each under its name. */
type Exports = [name: string, declarations: ts.Declaration[]][]

/** Something of an interface, a class or an object type that has a name and may have a comment. */
type Member = ts.TypeElement | ts.ClassElement

const printer = ts.createPrinter({ removeComments: true })

const INTRODUCTION = `# API

Written by \`npm run docs:write\` from the comments in the code, and checked by \`npm test\`: a change of the public API shows here, in review.
What an option is for is told in the guides.
`

/** The pages of the API, by their paths below the docs: one for each entry of the package. */
export function apiPages(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    exports: Record<string, { types?: string }>
  }
  const entries = Object.entries(exports).flatMap(([path, { types }]) =>
    types ? [{ name: path.replace(/^\.\/?/, ''), types: join(PROJECT, types) }] : [],
  )
  const program = ts.createProgram(
    entries.map(({ types }) => types),
    { skipLibCheck: true, noLib: true, types: [], module: ts.ModuleKind.ESNext, moduleResolution: 100 },
  )
  const pages = entries.map(({ name, types }): [string, string] => {
    const module = name ? `vue-auth-axios/${name}` : 'vue-auth-axios'
    const text = `## \`${module}\`\n\n${sectionsOf(program, types)}`
    return [`api/${name || 'index'}.md`, name ? text.replace('## ', '# ') : text]
  })
  const others = entries
    .filter(({ name }) => name)
    .map(({ name }) => `[\`vue-auth-axios/${name}\`](${name}.md)`)
  return new Map(
    pages.map(([path, text]) => [
      path,
      path === 'api/index.md'
        ? `${INTRODUCTION}\nOther entries: ${others.join(' · ')}\n\n${text}\n${augmentations(program)}`
        : text,
    ]),
  )
}

function sectionsOf(program: ts.Program, file: string): string {
  if (!existsSync(file)) throw new Error(`There is no ${file}: run \`npm run build\` first.`)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)!
  const module = checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} exports nothing.`)
  const found: Exports = checker.getExportsOfModule(module).map((symbol) => {
    const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    return [symbol.name, original.declarations ?? []]
  })
  return found
    .toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .map(([name, declarations]) => sectionOf(name, declarations))
    .join('\n')
}

/** What the package adds to the types of its peers. */
function augmentations(program: ts.Program): string {
  const source = program.getSourceFile(join(PROJECT, 'dist/augmentations.d.ts'))
  const modules = source?.statements.filter(ts.isModuleDeclaration) ?? []
  const sections = modules.map(({ name, body }) => {
    const found = body && ts.isModuleBlock(body) ? body.statements.filter(ts.isInterfaceDeclaration) : []
    const code = found.map(signatureOf).join('\n')
    const list = found.flatMap(membersOf).map(memberOf).join('\n')
    return `### In \`${name.text}\`\n\n\`\`\`ts\n${code}\n\`\`\`\n\n${list}\n`
  })
  return `## Added to its peers\n\n${sections.join('\n')}`
}

/** Functions and values first, then types. */
const rankOf = (name: string) => (/^[a-z]/.test(name) ? 0 : 1)

function sectionOf(name: string, declarations: ts.Declaration[]): string {
  const commented = declarations.map(holderOfComment)
  const about = commented.map(aboutOf).filter(Boolean)
  const code = declarations.map(signatureOf).join('\n')
  const members = declarations.flatMap(membersOf).map(memberOf)
  const list = members.length > 0 ? `\n${members.join('\n')}\n` : ''
  return `### \`${name}\`\n\n${about.join('\n\n')}\n\n\`\`\`ts\n${code}\n\`\`\`\n${list}`
}

/** The comment of a variable is that of its statement. */
const holderOfComment = (node: ts.Declaration): ts.Node =>
  ts.isVariableDeclaration(node) ? node.parent.parent : node

function signatureOf(node: ts.Declaration): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
  const kind = ts.isVariableDeclaration(node) ? 'const ' : ''
  return (kind + text)
    .replace(/^export (declare )?/, '')
    .replace(/^ +/gm, (indent) => ' '.repeat(indent.length / 2))
}

function membersOf(node: ts.Declaration): readonly Member[] {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return node.members
  return ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type) ? node.type.members : []
}

function memberOf(member: Member): string {
  const name = member.name?.getText() ?? 'constructor'
  const about = aboutOf(member).replaceAll(/\n+/g, ' ')
  return about ? `- \`${name}\`: ${about}` : `- \`${name}\``
}

/** What a comment says: its text, then what it says of parameters, defaults, errors and standards. */
function aboutOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  if (!comment) return ''
  const text = unfolded(ts.getTextOfJSDocComment(comment.comment))
  const tags = (comment.tags ?? []).map(tagOf)
  return [text, ...tags].filter(Boolean).join('\n\n')
}

function tagOf(tag: ts.JSDocTag): string {
  const text = ts.getTextOfJSDocComment(tag.comment)?.trim() ?? ''
  const name = tag.tagName.text
  if (name === 'example') return text
  if (name === 'default') return `Default: ${/^[^\s(]+(\(\))?$/.test(text) ? `\`${text}\`` : unfolded(text)}.`
  if (name === 'throws') return `Throws ${unfolded(text)}.`
  if (name === 'returns') return `Returns ${unfolded(text)}.`
  // The compiler takes the first word for a name.
  if (name === 'see')
    return `See ${tag
      .getText()
      .replace(/^@see\s+/, '')
      .replaceAll(/[\s*]+/g, ' ')
      .trim()}.`
  if (name === 'param') return `\`${(tag as ts.JSDocParameterTag).name.getText()}\`: ${unfolded(text)}.`
  return ''
}

/** One line for a paragraph; what looks like markup in it is text. */
function unfolded(text: string | undefined): string {
  const lines = (text ?? '').trim().replaceAll(/\n(?!\n|- )(?<!\n\n)/g, ' ')
  return lines.replaceAll(/(`[^`]*`)|</g, (_found, code?: string) => code ?? '&lt;')
}
