# A collector that writes what it got to a file, on an image with Node so that a test can read the file by `kubectl exec`.
ARG RUNTIME_IMAGE
FROM ${RUNTIME_IMAGE}
COPY collector collector.yaml /
ENTRYPOINT ["/collector", "--config=file:/collector.yaml"]
