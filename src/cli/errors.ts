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
  },
  WATT_PROJECT_FILE_BROKEN: {
    status: 400,
    message: (file: string, reason: string) => `${file} cannot be understood: ${reason}`,
    hint: 'correct the file; what it says decides what becomes a service'
  },
  WATT_PROJECT_EMPTY: {
    status: 400,
    message: (folder: string, tried: string) => `there is nothing in ${folder} that could become a service${tried === '' ? '' : `: ${tried}`}`,
    hint: 'name a folder with a package.json, a workspace, a compose file or a Watt project'
  },
  WATT_PROJECT_NAME_TWICE: {
    status: 400,
    message: (name: string, one: string, other: string) => `two services would be named "${name}": ${one} and ${other}`,
    hint: 'give one of them another name: the name is its address on the mesh'
  },
  WATT_PROJECT_FORMAT_NOT_READ: {
    status: 400,
    message: (file: string, format: string) => `${file} is ${format}, which is not read here`,
    hint: 'convert it to JSON or YAML, such as watt.json or watt.yaml, and name that'
  },
  WATT_NO_WATT_PROJECT: {
    status: 400,
    message: (input: string, reason: string) => `${input} is no Watt project: ${reason}`,
    hint: 'name its watt.json (or platformatic.json), or the folder that holds it; `wattapp init` looks at projects of other kinds'
  },
  WATT_CODE_NOT_IN_FOLDER: {
    status: 400,
    message: (app: string, configMap: string) => `the code of WattApp "${app}" is in the ConfigMap "${configMap}": there is no folder to look at`,
    hint: 'services with folders belong to an app with `image`'
  },
  WATT_SERVICE_FOLDER_MISSING: {
    status: 400,
    message: (service: string, path: string) => `service "${service}": there is no ${path}`,
    hint: 'correct its `path`; it is relative to the folder of the manifest'
  },
  WATT_NOTHING_TO_RUN: {
    status: 400,
    message: (service: string, folder: string, what: string, tried: string) => `service "${service}": nothing in ${folder} can be run: there is ${what}, and none of ${tried}`,
    hint: 'add a package.json that depends on the framework, name the file in `entry` or in package.json "main", or set `runtime: static` for a folder of files'
  },
  WATT_OUTPUT_EXISTS: {
    status: 409,
    message: (file: string) => `${file} is there already`,
    hint: 'overwrite it with --force, or name another file with -o; `-o -` prints'
  },
  WATT_OUTPUT_UNWRITABLE: {
    status: 400,
    message: (file: string, reason: string) => `${file} cannot be written: ${reason}`,
    hint: 'name a file in a folder that is there and writable with -o; `-o -` prints'
  }
})
