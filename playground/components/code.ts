/** A piece of code, and what it is. */
export interface CodePiece {
  kind: 'comment' | 'string' | 'keyword' | undefined
  text: string
}

/** Leaves out what every file has: imports, what is said before the code, and, of a component, its template. */
export function excerptOf(source: string): string {
  const [, script = source] = /<script setup[^>]*>\n([\s\S]*?)<\/script>/.exec(source) ?? []
  return script
    .replace(/^import [^;]*? from '.*'\n/gm, '')
    .replace(/^\/\*\*[\s\S]*?\*\/\n/gm, '')
    .trim()
}

const PIECES =
  /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<string>'[^'\n]*'|`[^`]*`)|(?<keyword>\b(?:async|await|const|export|function|if|let|new|return|throw|try|catch|import|typeof|undefined|null|true|false)\b)/g

/** Takes code apart for colours. A few lines: a highlighter would be larger than all that it colours. */
export function piecesOf(code: string): CodePiece[] {
  const pieces: CodePiece[] = []
  let end = 0
  for (const match of code.matchAll(PIECES)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? []
    pieces.push({ kind: undefined, text: code.slice(end, match.index) })
    pieces.push({ kind: kind as CodePiece['kind'], text: match[0] })
    end = match.index + match[0].length
  }
  return [...pieces, { kind: undefined, text: code.slice(end) }]
}
