# What the project's Dockerfile assembles from a public image, from the Node that npm brought (tools/image-root.sh).
FROM scratch
COPY . /
USER 65532:65532
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/node"]
