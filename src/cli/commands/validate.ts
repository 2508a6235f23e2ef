// `wattapp validate FILE…`: the verdicts of the API server and the operator, without either.
import { validate } from '../../api/validate.ts'
import { errors } from '../errors.ts'
import { appsOf, readInput, shown, type Input } from '../input.ts'
import type { PlacedProblem } from '../manifest.ts'
import { formatted, tellError, tellProblems, type Format, type Output } from '../output.ts'

export async function runValidate (files: string[], { output: format }: { output: Format }, output: Output): Promise<number> {
  const inputs: Input[] = []
  let isWrong = false
  for (const file of files) {
    try {
      inputs.push(await readInput(file))
    } catch (thrown) {
      tellError(output, thrown)
      isWrong = true
    }
  }
  const results = inputs.flatMap((input) => {
    const apps = appsOf(input)
    if (apps.length === 0 && input.problems.length === 0) {
      tellError(output, errors.WATT_INPUT_WITHOUT_APP(shown(input)))
      isWrong = true
    }
    const unread = input.problems.length === 0 ? [] : [{ file: shown(input), name: '', problems: input.problems }]
    return [...unread, ...apps.map(({ file, name, value, placed }) => ({ file, name, problems: validate(value).map(placed) }))]
  })
  if (format === 'text') results.forEach(tell)
  else output.print(await formatted(results.map(({ file, name, problems }) => ({ file, name, isValid: problems.length === 0, problems })), format))
  return isWrong || results.some(({ problems }) => problems.length > 0) ? 1 : 0

  function tell ({ file, name, problems }: { file: string, name: string, problems: PlacedProblem[] }): void {
    if (problems.length === 0) output.print(`${file}: WattApp "${name}" is ${output.paint('green', 'valid')}`)
    else tellProblems(output, problems)
  }
}
