# syntax=docker/dockerfile:1
# The programs, built from this folder; one small image that runs as nobody.
FROM golang:1.26.10-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=compose
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/ ./cmd/indexer ./cmd/backfill ./cmd/devnet

# glibc, not musl: the ClickHouse library is loaded at run time, so even without cgo
# the programs ask for it.
FROM debian:bookworm-slim AS base
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65532:65532
WORKDIR /tmp

FROM base AS devnet
COPY --from=build /out/devnet /usr/local/bin/
EXPOSE 8545 8546
ENTRYPOINT ["devnet"]

FROM base AS indexer
COPY --from=build /out/indexer /out/backfill /usr/local/bin/
EXPOSE 8080 9464
ENTRYPOINT ["indexer"]
CMD ["run"]
