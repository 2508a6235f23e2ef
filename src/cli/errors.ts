// What can be wrong with what the command line is given.
import { errorTable } from '../base/error.ts'

export const errors = errorTable({
  WATT_INPUT_UNREADABLE: {
    status: 400,
    message: (file: string, reason: string) => `${file} cannot be read: ${reason}`,
    hint: 'name a manifest, a folder that holds one, or - for standard input'
  },
  WATT_INPUT_WITHOUT_APP: {
    status: 400,
    message: (input: string) => `there is no WattApp in ${input}`,
    hint: 'name the file, or the folder, that holds the document with `kind: WattApp`'
  },
  WATT_INPUT_WITH_SEVERAL_APPS: {
    status: 400,
    message: (input: string, names: string) => `there are several WattApps in ${input}: ${names}`,
    hint: 'choose one with --app NAME'
  },
  WATT_APP_NOT_IN_INPUT: {
    status: 400,
    message: (name: string, input: string, names: string) => `there is no WattApp "${name}" in ${input}, only ${names}`,
    hint: 'correct the name after --app'
  },
  WATT_VALUE_NOT_HERE: {
    status: 400,
    message: (service: string, name: string, kind: string, object: string, key: string) =>
      `service "${service}": the value of ${name} is in the ${kind} "${object}", key "${key}", which is not in the input`,
    hint: 'set an environment variable of that name, or add the object to the same file or folder'
  },
  WATT_FILES_NOT_HERE: {
    status: 400,
    message: (what: string, kind: string, object: string) => `${what} needs the ${kind} "${object}", which is not in the input`,
    hint: 'add the object to the same file or folder'
  },
  WATT_KEY_NOT_HERE: {
    status: 400,
    message: (what: string, kind: string, object: string, key: string) => `${what}: the ${kind} "${object}" has no key "${key}"`,
    hint: 'correct the key, or add it to the object'
  },
  WATT_KEY_OUTSIDE: {
    status: 400,
    message: (key: string) => `the key ${JSON.stringify(key)} of a ConfigMap or Secret leads out of its folder`,
    hint: 'write letters, digits, `-`, `_` and `.`'
  },
  WATT_APP_NOT_FOUND: {
    status: 404,
    message: (name: string, namespace: string) => `there is no WattApp "${name}" in namespace "${namespace}"`,
    hint: 'see `kubectl get wattapps --all-namespaces`; choose the namespace with -n'
  },
  WATT_APP_WITHOUT_PODS: {
    status: 404,
    message: (name: string, namespace: string) => `WattApp "${name}" in namespace "${namespace}" has no pods`,
    hint: 'see `wattapp status` for the reason'
  },
  WATT_SERVICE_NOT_IN_APP: {
    status: 404,
    message: (service: string, app: string, names: string) => `WattApp "${app}" has no service "${service}", only ${names}`,
    hint: 'correct the name after --service'
  }
})
