# What the project's Dockerfile takes for its stage CONTENTS: a build made outside of it.
FROM scratch
COPY . /
