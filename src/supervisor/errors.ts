// What can be wrong with what the supervisor is given: its config, its files, its ports.
import { errorTable } from '../base/error.ts'

export const errors = errorTable({
  WATT_CONFIG_UNREADABLE: {
    status: 500,
    message: (file: string, reason: string) => `the app config ${file} cannot be read: ${reason}`,
    hint: 'the operator mounts it from a ConfigMap; WATTAPP_CONFIG names another file'
  },
  WATT_CONFIG_VERSION: {
    status: 500,
    message: (version: string, honoured: number) => `the app config has schema version ${version}; this supervisor honours version ${honoured} only`,
    hint: 'build the image from a wattapp runtime of the same version as the operator'
  },
  WATT_CONFIG_INVALID: {
    status: 500,
    message: (path: string, reason: string) => `the app config is invalid: ${path === '' ? 'it' : path} ${reason}`,
    hint: 'do not edit app.json by hand: `wattapp validate` and the operator make it from the WattApp'
  },
  WATT_CONFIG_NEEDS_NEW_POD: {
    status: 500,
    message: (paths: string) => `these fields of the app config changed and stay as they were in this pod: ${paths}`,
    hint: 'apply the change through the WattApp, which then rolls its pods; `wattapp run` must be started again'
  },
  WATT_CONFIG_ROLLED_BACK: {
    status: 500,
    message: (reason: string) => `the new app config is rolled back, the one before is in force: ${reason}`,
    hint: 'the log has the worker\'s own error; it is tried again when the config changes'
  },
  WATT_MEMORY_DOES_NOT_FIT: {
    status: 500,
    message: (limit: string, lines: string) => `the app may need more memory than the ${limit} that its container may have: ${lines}`,
    hint: 'raise the limit, lower services[].memory or workers, or let services share a thread'
  },
  WATT_ROOT_MISSING: {
    status: 500,
    message: (root: string) => `the app's root ${root} does not exist`,
    hint: 'an app\'s image holds its code in /app; WATTAPP_ROOT names another folder'
  },
  WATT_SERVICE_PATH_MISSING: {
    status: 500,
    message: (service: string, path: string, root: string) => `service "${service}": its path "${path}" is not in the app's root ${root}`,
    hint: 'check spec.services[].path against what the image (or the ConfigMap) holds'
  },
  WATT_SERVICE_PATH_OUTSIDE: {
    status: 500,
    message: (service: string, path: string, real: string, root: string) => `service "${service}": its path "${path}" leads to ${real}, outside of the app's root ${root}`,
    hint: 'a service lies inside of the app\'s root, links followed: move it there'
  },
  WATT_ENV_FILE_MISSING: {
    status: 500,
    message: (service: string, name: string, file: string) => `service "${service}": the value of its variable ${name} is not at ${file}`,
    hint: 'does the Secret or ConfigMap have that key? Mark the reference `optional: true` if it may be absent'
  },
  WATT_PORT_IN_USE: {
    status: 500,
    message: (what: string, host: string, port: number) => `the ${what} cannot listen on ${host}:${port}: the port is in use`,
    hint: 'stop the other program, or choose another port'
  },
  WATT_LISTEN_FAILED: {
    status: 500,
    message: (what: string, host: string, port: number, reason: string) => `the ${what} cannot listen on ${host}:${port}: ${reason}`,
    hint: 'check the address, and that ports below 1024 are allowed'
  },
  WATT_GATEWAY_FAILED: {
    status: 500,
    message: (reason: string) => `the gateway did not come up: ${reason}`,
    hint: 'the log has the gateway\'s own error'
  },
  WATT_SETTING_INVALID: {
    status: 500,
    message: (name: string, value: string, expected: string) => `the environment variable ${name} is "${value}"; expected ${expected}`,
    hint: 'correct it, or leave it out for its default'
  },
  WATT_ADMIN_NOT_FOUND: {
    status: 404,
    message: (pages: string) => `there is nothing at this path of the admin port; there is ${pages}`,
    hint: 'the app itself is on the gateway\'s port'
  },
  WATT_ADMIN_READ_ONLY: {
    status: 405,
    message: () => 'the admin port only answers: use GET or HEAD',
    hint: 'change the WattApp instead; Kubernetes\' own access rules decide who may'
  }
})
