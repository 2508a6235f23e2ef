# WattApp's two images: `runtime`, which apps are built FROM, and `operator`.
#   docker build --target runtime --tag wattapp-runtime .
# Both are Node, an init, compiled code and the packages it imports: no shell, no package manager, user 65532.
#
# Two stages can be replaced by an image, for a build without a registry or on a base of your own:
#   BASE      must have Node at /usr/local/bin/node and tini at /usr/bin/tini
#   CONTENTS  must have /runtime and /operator as `node tools/image-context.ts` makes them
# A stage that nothing needs any more is then never run: that is how the e2e tests build these same targets.
ARG NODE_IMAGE=docker.io/library/node:26-bookworm-slim
ARG BASE=assembled
ARG CONTENTS=built

FROM ${NODE_IMAGE} AS collected
RUN apt-get update && apt-get install -y --no-install-recommends binutils ca-certificates tini
COPY tools/image-root.sh /
RUN sh /image-root.sh /root-files /usr/local/bin/node /usr/bin/tini-static

FROM scratch AS assembled
COPY --from=collected /root-files/ /

FROM ${NODE_IMAGE} AS built
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && node tools/image-context.ts runtime /runtime && node tools/image-context.ts operator /operator

FROM ${CONTENTS} AS contents
FROM ${BASE} AS base

FROM base AS operator
COPY --from=contents /operator/ /wattapp/
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /wattapp
# tini: Node as process 1 reaps no orphans and ignores signals it has no handler for.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/node", "/wattapp/dist/operator/main.js"]

FROM base AS runtime
COPY --from=contents /runtime/ /wattapp/
ENV NODE_ENV=production
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/node", "/wattapp/dist/supervisor/main.js"]
