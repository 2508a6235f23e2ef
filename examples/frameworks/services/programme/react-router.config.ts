import type { Config } from '@react-router/dev/config'

export default { ssr: true, basename: '/programme/' } satisfies Config
