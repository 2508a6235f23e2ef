// TypeScript of a service compiled as it is loaded, by the service's own compiler and tsconfig.json: for development, where types are
// the editor's business. What Node.js does itself knows no decorators.
import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON, registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { messageOf } from '../base/error.ts'

type Options = Readonly<Record<string, unknown>>

/** The parts of https://github.com/microsoft/TypeScript/wiki/Using-the-Compiler-API that are used, alike in TypeScript 5 and 6. */
interface TypeScript {
  sys: { readFile: (path: string) => string | undefined }
  ModuleKind: { CommonJS: number, ESNext: number }
  ScriptTarget: { ES2022: number }
  findConfigFile: (folder: string, exists: (path: string) => boolean, name?: string) => string | undefined
  readConfigFile: (path: string, read: (path: string) => string | undefined) => { config?: object }
  parseJsonConfigFileContent: (config: object, host: unknown, folder: string) => { options: Options }
  resolveModuleName: (name: string, file: string, options: Options, host: unknown) => { resolvedModule?: { resolvedFileName: string } }
  transpileModule: (text: string, options: { fileName: string, reportDiagnostics: true, compilerOptions: Options }) => { outputText: string, diagnostics?: Diagnostic[] }
  flattenDiagnosticMessageText: (text: unknown, newLine: string) => string
}

interface Diagnostic { messageText: unknown, start?: number }

const isSource = (url: string | undefined): url is string => url !== undefined && /^file:.*(?<!\.d)\.[cm]?tsx?$/.test(url) && !url.includes('/node_modules/')

/** From now on the thread can load what `folder` holds in TypeScript. False: it has no compiler that can be asked. */
export function compileSources (folder: string): boolean {
  const ts = loadCompiler(folder)
  if (ts === undefined) return false
  const config = ts.findConfigFile(folder, (path) => ts.sys.readFile(path) !== undefined)
  const { options } = ts.parseJsonConfigFileContent(config === undefined ? {} : ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config ?? {}, ts.sys, config === undefined ? folder : dirname(config))
  // These three are about other files, and fit no `module` but the one that they are written for.
  const { moduleResolution: _, resolvePackageJsonExports: __, customConditions: ___, ...ofOneFile } = options
  process.setSourceMapsEnabled(true)

  registerHooks({
    resolve (specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (thrown) {
        // `./app.js` that is app.ts, `./app`, and the `paths` of tsconfig.json.
        const found = isSource(context.parentURL) ? ts.resolveModuleName(specifier, fileURLToPath(context.parentURL), options, ts.sys).resolvedModule : undefined
        if (found === undefined) throw thrown
        return { url: pathToFileURL(found.resolvedFileName).href, shortCircuit: true }
      }
    },
    load (url, context, next) {
      if (!isSource(url)) return next(url, context)
      const path = fileURLToPath(url)
      const isModule = /\.mtsx?$/.test(path) || (!/\.ctsx?$/.test(path) && isModulePackage(path))
      const text = readFileSync(path, 'utf8')
      const { outputText, diagnostics = [] } = ts.transpileModule(text, {
        fileName: path,
        reportDiagnostics: true,
        compilerOptions: {
          ...ofOneFile,
          module: isModule ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
          target: options.target ?? ts.ScriptTarget.ES2022,
          declaration: false,
          composite: false,
          incremental: false,
          sourceMap: false,
          inlineSourceMap: true,
          inlineSources: true
        }
      })
      // Those without a place are about the options.
      const wrong = diagnostics.find(({ start }) => start !== undefined)
      if (wrong !== undefined) throw syntaxError(path, text, ts.flattenDiagnosticMessageText(wrong.messageText, ' '), wrong.start ?? 0)
      return { format: isModule ? 'module' : 'commonjs', source: outputText, shortCircuit: true }
    }
  })
  return true
}

/** Told as Node.js tells its own: place, line and mark before the message. */
function syntaxError (path: string, text: string, message: string, at: number): SyntaxError {
  const before = text.slice(0, at).split('\n')
  const column = before.at(-1)?.length ?? 0
  const error = new SyntaxError(message)
  error.stack = `${path}:${before.length}\n${text.split('\n')[before.length - 1] ?? ''}\n${' '.repeat(column)}^\n\n${error.stack ?? ''}`
  return error
}

/** Undefined: it is not installed, or one without an API (TypeScript 7). */
function loadCompiler (folder: string): TypeScript | undefined {
  try {
    const ts = createRequire(join(folder, 'package.json'))('typescript') as Partial<TypeScript>
    return typeof ts.transpileModule === 'function' ? ts as TypeScript : undefined
  } catch (thrown) {
    if (/Cannot find/.test(messageOf(thrown))) return undefined
    throw thrown
  }
}

function isModulePackage (path: string): boolean {
  const file = findPackageJSON('.', pathToFileURL(path))
  return file !== undefined && /"type"\s*:\s*"module"/.test(readFileSync(file, 'utf8'))
}
