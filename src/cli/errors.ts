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
    hint: 'set an environment variable of that name (`set -a; . ./.env` sets those of a file), or add the object to the same file or folder'
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
  },
  WATT_BUILD_FAILED: {
    status: 400,
    message: (unit: string, command: string, how: string) => `${unit}: \`${command}\` ${how}`,
    hint: 'its own output is above, and the whole of it in the log file; run the command in its folder to try again'
  },
  WATT_BUILD_PACKAGES_MISSING: {
    status: 400,
    message: (unit: string, missing: string, folder: string, install: string) => `${unit}: ${missing} not installed; \`${install}\` in ${folder} installs what its package.json names`,
    hint: 'install the packages, and build again'
  },
  WATT_BUILD_PLUG_AND_PLAY: {
    status: 400,
    message: (unit: string, file: string) => `${unit}: its packages are in Yarn's archives (${file}), where Node.js finds them only with Yarn's own loader`,
    hint: 'set `nodeLinker: node-modules` in .yarnrc.yml, run `yarn install`, and build again'
  },
  WATT_BUILD_TOOL_MISSING: {
    status: 400,
    message: (unit: string, tool: string, because: string) => `${unit}: ${tool} cannot be started here, and ${because}`,
    hint: 'install it (`corepack enable` brings pnpm and yarn), or remove the lockfile that is not meant'
  },
  WATT_BUILD_CYCLE: {
    status: 400,
    message: (unit: string, cycle: string) => `${unit} cannot be built before itself: ${cycle}`,
    hint: 'take one of these dependencies out of package.json: move what both need to a package of its own'
  },
  WATT_BUILD_TWO_PREFIXES: {
    status: 400,
    message: (services: string, folder: string, prefixes: string) => `services ${services} are built from the one folder ${folder}, for the prefixes ${prefixes}: a build has one`,
    hint: 'give their routes one prefix, or each service a folder of its own'
  },
  WATT_FRAMEWORK_AMBIGUOUS: {
    status: 400,
    message: (service: string, folder: string, taken: string, others: string) => `service "${service}": ${folder} looks like ${taken} and like ${others}, and has no build script that says which is built`,
    hint: 'write `runtime` for the service, or add a build script to its package.json'
  },
  WATT_FRAMEWORK_UNKNOWN: {
    status: 400,
    message: (service: string, framework: string, folder: string) => `service "${service}": ${folder} is made with ${framework}, which has no runtime here, and what its build has left cannot be run`,
    hint: 'build it with its Node.js server (an adapter, a preset), and name the file that starts that in `entry`'
  },
  WATT_SYNTAX: {
    status: 400,
    message: (service: string, place: string, message: string) => `service "${service}": ${place}: ${message}`,
    hint: 'correct the text there'
  },
  WATT_BUILD_UNWRITABLE: {
    status: 500,
    message: (path: string, reason: string) => `${path} cannot be written: ${reason}`,
    hint: 'free some space, or name a folder that this user may write to with --out'
  },
  WATT_BUILD_OUT_NOT_OURS: {
    status: 409,
    message: (folder: string) => `${folder} is not empty, and no app folder of \`wattapp build\`: nothing in it is overwritten`,
    hint: 'name another folder with --out, or remove that one'
  },
  WATT_BUILD_OUT_AROUND: {
    status: 400,
    message: (folder: string, root: string) => `the app folder ${folder} would hold the app's own sources, ${root}`,
    hint: 'name a folder beside the sources, or below them, with --out'
  },
  WATT_IMAGE_NOT_NEEDED: {
    status: 400,
    message: (app: string, configMap: string) => `WattApp "${app}" needs no image of its own: its code is in the ConfigMap "${configMap}", and runs on the stock runtime image`,
    hint: 'apply the manifest as it is; an app with packages or a build has `image` in place of `source`'
  },
  WATT_IMAGE_WITHOUT_FILE: {
    status: 400,
    message: () => 'an image is built from the folder of its manifest, and standard input has none',
    hint: 'name the file of the manifest'
  },
  WATT_IMAGE_FILE_NOT_OURS: {
    status: 409,
    message: (file: string, mark: string) => `${file} is there already, and does not begin with "${mark}": nothing is written`,
    hint: 'print both files without --write and take over what is missing, or overwrite with --force'
  },
  WATT_IMAGE_FILE_UNWRITABLE: {
    status: 400,
    message: (file: string, reason: string) => `${file} cannot be written: ${reason}`,
    hint: 'leave out --write: both files are printed then'
  },
  WATT_YARN_PNP: {
    status: 400,
    message: (file: string) => `Yarn would keep the packages in its archives (Plug'n'Play), as ${file} has no other nodeLinker: only Yarn's own loader finds them there`,
    hint: 'set `nodeLinker: node-modules` in .yarnrc.yml, and run `yarn install`'
  },
  WATT_PACKAGE_NOT_DEPENDENCY: {
    status: 400,
    message: (service: string, name: string, file: string, what: string) => `service "${service}" is the package ${name}, which is ${what} of ${file}: it would not be in the image`,
    hint: 'add it to `dependencies` there, as `npm install NAME` does'
  }
})
