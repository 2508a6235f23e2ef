# WattApp's three images: `runtime`, which apps run on, `build`, which they are built in, and `operator`.
#   docker build --target runtime --tag wattapp-runtime:0.1.0 .
# Runtime and operator are Node, an init, compiled code and the packages it imports: no shell, no package manager, user 65532.
# Build is the Node image, whose npm and shell builds need, with the `wattapp` command: nothing of it gets into an app's image.
#
# Two stages can be replaced by an image, for a build without a registry or on a base of your own:
#   BASE      must have Node at /usr/local/bin/node and tini at /usr/bin/tini
#   CONTENTS  must have /runtime, /operator and /build as `node tools/image-context.ts` makes them
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
RUN npm run build && for image in runtime operator build; do node tools/image-context.ts $image /$image || exit 1; done

FROM ${CONTENTS} AS contents
FROM ${BASE} AS base

FROM ${NODE_IMAGE} AS build
COPY --from=contents /build/ /wattapp/
RUN ln -s /wattapp/dist/cli/main.js /usr/local/bin/wattapp
WORKDIR /source

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
