// The pod's files change under it.
import { setTimeout as wait } from 'node:timers/promises'
import { check, type Fault } from '../fault.ts'
import { holds, service, startPod } from '../pod.ts'
import { failuresText, figures, loadBoth, told } from './load.ts'

const pair = [service('victim'), service('bystander')]

export const config: Fault = {
  id: 'config',
  title: 'the app config is broken, then mended',
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair })
    await using load = await loadBoth(pod.url, chaos)
    const text = JSON.stringify(pod.config)
    const broken = [
      ['text that is no JSON', text.slice(0, -20)],
      ['an unknown field', text.replace('"drainDelayMs"', '"drainDelaysMs"')],
      ['a service that does not become ready', text.replace('"env":{}', '"env":{},"entry":"absent.js"')]
    ] as const
    const checks = []
    for (const [what, wrong] of broken) {
      pod.writeConfig(wrong)
      const isTold = await holds(async () => (await pod.status()).configError !== undefined, 20_000)
      const { configError } = await pod.status()
      checks.push(check(`${what}: the error is in status`, isTold, configError?.message ?? 'no error'))
      pod.writeConfig(text)
      const isMended = await holds(async () => (await pod.status()).configError === undefined)
      checks.push(check(`${what}: mended, the error is gone`, isMended, isMended))
    }
    await wait(500)
    const seen = figures(await load.stop(), 'victim', 'bystander')
    return { ...told(seen), checks: [check('the old one keeps serving', seen.failed === 0, failuresText(seen.failures)), ...checks] }
  }
}

export const resize: Fault = {
  id: 'resize',
  title: "the pod's memory is resized in place",
  async run (chaos) {
    await using pod = await startPod(chaos, { services: pair, memoryLimit: '1Gi' })
    await using load = await loadBoth(pod.url, chaos)
    const before = await pod.service('victim')
    pod.writeMemoryLimit(2 * 2 ** 30)
    const grown = await holds(async () => {
      const { memoryBytes, ready, workers } = await pod.service('victim')
      return memoryBytes > before.memoryBytes && ready === 1 && workers.length === 1 && workers[0]?.id !== before.workers[0]?.id
    }, 20_000)
    const more = await pod.service('victim')
    pod.writeMemoryLimit(2 ** 30)
    const shrunk = await holds(async () => (await pod.service('victim')).memoryBytes === before.memoryBytes, 20_000)
    pod.writeMemoryLimit(64 * 2 ** 20)
    const said = async (): Promise<string> => (await pod.status()).memory?.message ?? ''
    const refused = await holds(async () => (await said()).includes('ceilings stay'), 10_000)
    const message = await said()
    await wait(500)
    const seen = figures(await load.stop(), 'victim', 'bystander')
    return {
      ...told(seen),
      checks: [
        check('no request fails', seen.failed === 0, failuresText(seen.failures)),
        check('ceilings follow a larger limit, by rolling the workers', grown, `${before.memoryBytes / 2 ** 20} → ${more.memoryBytes / 2 ** 20} MiB`),
        check('and back', shrunk, shrunk),
        check('a limit that cannot hold them is refused and told', refused, message),
        check('the pod is not restarted', !pod.program.hasExited(), 'it runs')
      ]
    }
  }
}
