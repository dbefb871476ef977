import ts from 'typescript'
import { compileScript, parse } from 'vue/compiler-sfc'

/** Runs a module of TypeScript with these modules in the place of its imports, and gives its exports. */
export function runModule(code: string, imports: Record<string, unknown>): Record<string, unknown> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  const exports = {}
  const require = (name: string) => {
    if (name in imports) return imports[name]
    throw new Error(`Nothing stands in for "${name}".`)
  }
  new Function('require', 'exports', outputText)(require, exports)
  return exports
}

/** Runs a component's file likewise, and gives the component. */
export function runComponent(code: string, imports: Record<string, unknown>): unknown {
  const { descriptor, errors } = parse(code)
  if (errors[0]) throw errors[0]
  const { content } = compileScript(descriptor, { id: 'component', inlineTemplate: true })
  return runModule(content, imports).default
}
