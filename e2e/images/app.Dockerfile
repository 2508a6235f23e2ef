# An app folder as `wattapp build` wrote it.
ARG RUNTIME_IMAGE
FROM ${RUNTIME_IMAGE}
COPY . .
