// What a config is given that does not have it. A base path: its pages' own links must begin with the prefix by which browsers reach it. Pure.

/** What is used of a config as Next has completed it: https://nextjs.org/docs/app/api-reference/config/next-config-js */
export interface NextConfig {
  basePath?: string
  assetPrefix?: string
  images?: { path?: string }
  /** Null where the config has none; Next makes an id up then. */
  generateBuildId?: () => string | null | Promise<string | null>
  allowedDevOrigins?: string[]
  /** What was given here, for whoever serves what was built: Next keeps it beside the rest. */
  givenBasePath?: string
}

/** Where the image optimiser answers, unless the config says otherwise. */
const imagePath = '/_next/image'

/** A config with a base path of its own stays as it is. What Next itself makes of `basePath` is made here, since it has done so before. */
export function withBasePath<Config extends NextConfig> (config: Config, basePath: string): Config {
  if (basePath === '' || (config.basePath ?? '') !== '') return config
  const { assetPrefix = '', images } = config
  return {
    ...config,
    basePath,
    givenBasePath: basePath,
    assetPrefix: assetPrefix === '' ? basePath : assetPrefix,
    ...(images?.path === imagePath && { images: { ...images, path: `${basePath}${imagePath}` } })
  }
}

/** A config that makes its own ids keeps them. */
export function withBuildId<Config extends NextConfig> (config: Config, buildId: string): Config {
  const { generateBuildId } = config
  return buildId === '' ? config : { ...config, generateBuildId: async () => await generateBuildId?.() ?? buildId }
}
