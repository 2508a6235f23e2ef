// Names and places in a pod that belong to the system: what a manifest may not take, and why.

/** Host names of the pod itself: `http://gateway.internal` and `localhost` are not services. */
export const reservedServices = ['gateway', 'localhost', 'supervisor'] as const

/**
 * Variables that Node.js or the C library read once for the whole process: in one service's env they would do nothing (TZ,
 * UV_THREADPOOL_SIZE), or reach past the service (NODE_OPTIONS loads code before the runtime). PORT is given by the supervisor.
 */
export const reservedEnv = [
  'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_ICU_DATA', 'NODE_V8_COVERAGE', 'NODE_REPL_EXTERNAL_MODULE', 'UV_THREADPOOL_SIZE', 'UV_USE_IO_URING',
  'OPENSSL_CONF', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'TZ', 'PORT', '__proto__'
] as const

/** LD_PRELOAD and its kin, macOS's equal, glibc's allocator switches, and the supervisor's own. */
export const reservedEnvPrefixes = ['LD_', 'DYLD_', 'GLIBC_', 'MALLOC_', 'WATTAPP_'] as const

/** Volumes of the operator begin so. */
export const reservedVolumePrefix = 'wattapp-'

/** Places that hold the system's or the supervisor's own files: nothing may be mounted there or beneath. */
export const reservedMounts = [
  '/tmp', '/wattapp', '/etc/wattapp', '/proc', '/sys', '/dev', '/boot', '/usr', '/bin', '/sbin', '/lib', '/lib64', '/run', '/var/run'
] as const

/** Places that hold such places, or the app's code: nothing may be mounted there, but beneath is free. */
export const reservedParents = ['/', '/app', '/etc', '/var'] as const

/** Label and annotation prefixes of the operator. */
export const reservedLabels = ['wattapp.dev/', 'app.kubernetes.io/', 'pod-template-hash', 'controller-revision-hash'] as const

/** The operator's own, and those that used to loosen a container's confinement (still read by some kubelets). */
export const reservedAnnotations = [
  'wattapp.dev/', 'container.apparmor.security.beta.kubernetes.io/', 'container.seccomp.security.alpha.kubernetes.io/', 'seccomp.security.alpha.kubernetes.io/'
] as const
