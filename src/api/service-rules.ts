// What makes one service, or services together, wrong beyond their single fields: each rule in CEL and in TypeScript.
import { isEqual } from '../base/equal.ts'
import { list, matches } from './cel.ts'
import type { Finding, Rule } from './field.ts'
import { durationMs, durationPattern } from './duration.ts'
import { reservedEnv, reservedEnvPrefixes, reservedServices } from './reserved.ts'

interface Route { host: string, pathPrefix: string }
interface Service { name: string, routes?: Route[], dependsOn?: string[], thread?: string, workers: Workers, memory: string }
interface Workers { min: number, max?: number }
interface Variable { value?: string, valueFrom?: object }

const when = (isBroken: boolean, ...at: string[]): Finding[] => isBroken ? [{ at }] : []

export const serviceNameReserved: Rule = {
  reason: 'ServiceNameReserved',
  cel: `!(self in ${list(reservedServices)})`,
  message: `the names ${reservedServices.join(', ')} belong to the pod itself`,
  remedy: 'give the service another name',
  broken: (self: string) => when(reservedServices.some((name) => name === self))
}

export const dependsOnItself: Rule = {
  reason: 'DependencyOnItself',
  cel: '!has(self.dependsOn) || !(self.name in self.dependsOn)',
  message: 'a service cannot depend on itself',
  remedy: "remove its own name from the service's dependsOn",
  broken: (self: Service) => positions(self.dependsOn, (name) => name === self.name).map((index) => ({ at: ['dependsOn', index] }))
}

export const dependencyUnknown: Rule = {
  reason: 'DependencyUnknown',
  cel: 'self.all(s, !has(s.dependsOn) || s.dependsOn.all(d, self.exists(t, t.name == d)))',
  message: 'dependsOn names a service that does not exist',
  remedy: 'name only services of this app in dependsOn; what runs elsewhere is no dependency of a thread',
  broken: (self: Service[]) => self.flatMap((service, index) =>
    positions(service.dependsOn, (name) => !self.some((other) => other.name === name)).map((position) => ({
      at: [index, 'dependsOn', position],
      message: `service "${service.name}" depends on "${service.dependsOn?.[position]}", which is no service of this app`
    })))
}

export const routeOwnedTwice: Rule = {
  reason: 'RouteOwnedTwice',
  // The only form within the API server's cost budget at these bounds; two routes of one service are compared by the list's keys.
  cel: 'self.all(a, !has(a.routes) || self.all(b, a.name == b.name || !has(b.routes) || !sets.intersects(a.routes.map(r, r.host + r.pathPrefix), b.routes.map(r, r.host + r.pathPrefix))))',
  message: 'two services have a route with the same host and pathPrefix',
  remedy: 'give each host and pathPrefix to one service; the longest prefix wins, so /api beside / is fine',
  broken: (self: Service[]) => self.flatMap((service, index) =>
    positions(service.routes, (route) => self.slice(0, index).some((other) => owns(other, route))).map((position) => ({
      at: [index, 'routes', position],
      message: `service "${self.find((other) => owns(other, service.routes?.[position]))?.name}" already has the route ${show(service.routes?.[position])}`
    })))
}

export const workersMinAboveMax: Rule = {
  reason: 'WorkersMinAboveMax',
  cel: '!has(self.max) || self.min <= self.max',
  message: 'workers.min is above workers.max',
  remedy: 'make min and max equal, or remove max',
  broken: (self: Workers) => when(self.max !== undefined && self.min > self.max, 'min')
}

export const recycleEmpty: Rule = {
  reason: 'RecycleEmpty',
  cel: 'has(self.maxAge) || has(self.maxRequests)',
  message: 'recycle says neither maxAge nor maxRequests',
  remedy: 'write `recycle: { maxAge: 24h }` or `{ maxRequests: 100000 }`, or remove recycle',
  broken: (self: { maxAge?: string, maxRequests?: number }) => when(self.maxAge === undefined && self.maxRequests === undefined)
}

export const threadReserved: Rule = {
  reason: 'ThreadNameReserved',
  cel: `!(self in ${list(reservedServices)})`,
  message: `the names ${reservedServices.join(', ')} belong to the pod itself`,
  remedy: 'give the thread another name',
  broken: (self: string) => when(reservedServices.some((name) => name === self))
}

export const threadAndProcess: Rule = {
  reason: 'ThreadAndProcess',
  cel: "!has(self.thread) || self.isolation == 'thread'",
  message: 'a service that shares a thread cannot be a process of its own',
  remedy: 'remove `thread`, or `isolation: process`',
  broken: (self: { thread?: string, isolation: string }) => when(self.thread !== undefined && self.isolation !== 'thread', 'thread')
}

export const threadNameTaken: Rule = {
  reason: 'ThreadNameTaken',
  cel: 'self.all(a, !has(a.thread) || !self.exists(b, b.name == a.thread))',
  message: 'a thread has the name of a service: their figures could not be told apart',
  remedy: 'give the thread another name than any service has',
  broken: (self: Service[]) => positions(self, ({ thread }) => self.some(({ name }) => name === thread)).map((index) => ({
    at: [index, 'thread'],
    message: `the thread "${self[index]?.thread}" has the name of a service: their figures could not be told apart`
  }))
}

/** What a thread has once must be the same in all its services. `checks.ts` compares what CEL's budget leaves out. */
export const threadWorkersDiffer: Rule = threadRule('workers', 'ThreadWorkersDiffer')
export const threadMemoryDiffers: Rule = threadRule('memory', 'ThreadMemoryDiffers')

function threadRule (name: 'workers' | 'memory', reason: string): Rule {
  return {
    reason,
    cel: `self.all(a, !has(a.thread) || self.all(b, !has(b.thread) || a.thread != b.thread || a.${name} == b.${name}))`,
    message: `services that share a thread differ in ${name}, which a thread has once`,
    remedy: `write the same \`${name}\` in both, or give one of them a thread of its own`,
    broken: (self: Service[]) => self.flatMap((service, index) => {
      const first = self.find(({ thread }) => thread !== undefined && thread === service.thread)
      return first === undefined || isEqual(first[name], service[name])
        ? []
        : [{ at: [index, name], message: `services "${first.name}" and "${service.name}" share the thread "${service.thread}" and differ in ${name}, which a thread has once` }]
    })
  }
}

export const backoffInitialAboveMax: Rule = {
  reason: 'BackoffInitialAboveMax',
  // `has`: the API server evaluates the rule for the default `{}` too, before the fields' own defaults are in it.
  cel: ['initial', 'max'].map((name) => `!has(self.${name}) || !${matches(`self.${name}`, durationPattern)} || `).join('') + 'duration(self.initial) <= duration(self.max)',
  message: 'backoff.initial is longer than backoff.max',
  remedy: 'write an initial delay that is not longer than max',
  broken: (self: { initial: string, max: string }) => when(durationMs(self.initial) > durationMs(self.max), 'initial')
}

export const envReserved: Rule = {
  reason: 'EnvReserved',
  cel: `!(self in ${list(reservedEnv)}) && !${list(reservedEnvPrefixes)}.exists(p, self.startsWith(p))`,
  message: 'this variable acts on the whole process, or belongs to the supervisor (PORT, WATTAPP_*)',
  remedy: "remove it; what is meant for the whole process goes into the image's ENV, and the port a program listens on into the service's `port`",
  broken: (self: string) => when(reservedEnv.some((name) => name === self) || reservedEnvPrefixes.some((prefix) => self.startsWith(prefix)))
}

export const envValueOrSource: Rule = {
  reason: 'EnvValueOrSource',
  cel: 'has(self.value) != has(self.valueFrom)',
  message: 'a variable has exactly one of value and valueFrom',
  remedy: 'write `value: TEXT`, or `valueFrom: { secretKeyRef: { name, key } }`',
  broken: (self: Variable) => when((self.value === undefined) === (self.valueFrom === undefined))
}

export const envOneSource: Rule = {
  reason: 'EnvOneSource',
  cel: 'has(self.secretKeyRef) != has(self.configMapKeyRef)',
  message: 'valueFrom has exactly one of secretKeyRef and configMapKeyRef',
  remedy: 'write `secretKeyRef: { name, key }` or `configMapKeyRef: { name, key }`',
  broken: (self: { secretKeyRef?: object, configMapKeyRef?: object }) => when((self.secretKeyRef === undefined) === (self.configMapKeyRef === undefined))
}

function positions<Item> (items: readonly Item[] | undefined, matches: (item: Item) => boolean): number[] {
  return (items ?? []).flatMap((item, index) => matches(item) ? [index] : [])
}

function owns (service: Service, route: Route | undefined): boolean {
  return service.routes?.some(({ host, pathPrefix }) => host === route?.host && pathPrefix === route.pathPrefix) ?? false
}

function show (route: Route | undefined): string {
  return `${route?.pathPrefix} of ${route?.host === '*' ? 'every host' : route?.host}`
}
