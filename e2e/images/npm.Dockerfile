# What the public Node image has over ours: a shell with its tools, npm, and root as its user.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
COPY . /
# Node trusts what this machine trusts: whatever answers for the registry here is asked there too.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
USER 0:0
WORKDIR /
ENTRYPOINT []
CMD ["node"]
