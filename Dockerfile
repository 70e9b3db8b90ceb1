# The production image: one static binary, the root certificates it needs to
# reach Astra, and nothing else. No shell, no package manager, no settings.
#
# GO_IMAGE is the only thing taken from outside. For a release give it with its
# digest, --build-arg GO_IMAGE=golang:<version>@sha256:<digest>. Every RUN below
# is in exec form, so any image with `go` on its PATH and root certificates will
# do: it needs no shell.
ARG GO_IMAGE=golang:1.26.10-alpine
# BuildKit knows the platform it builds on; the classic builder does not, and is
# told with --build-arg BUILDER_PLATFORM=linux/arm64 where this default is wrong.
ARG BUILDER_PLATFORM=${BUILDPLATFORM:-linux/amd64}

FROM --platform=${BUILDER_PLATFORM} ${GO_IMAGE} AS build
ARG TARGETOS
ARG TARGETARCH
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOOS=${TARGETOS} GOARCH=${TARGETARCH}
WORKDIR /src/service
# Module files first: the download is cached until a dependency changes.
COPY astra/go.mod astra/go.sum /src/astra/
COPY service/go.mod service/go.sum ./
RUN ["go", "mod", "download"]
COPY astra/ /src/astra/
COPY service/ ./
# As late as possible: what changes with each commit is cached no longer. The
# flags are in GOFLAGS since the exec form of RUN knows no variables.
ARG VERSION=development
ARG COMMIT=unknown
ENV GOFLAGS="'-ldflags=-s -w -X=main.version=${VERSION} -X=main.commit=${COMMIT}'"
RUN ["go", "build", "-trimpath", "-buildvcs=false", "-tags=nomsgpack", "-o", "/out/killrvideo", "."]

FROM scratch AS production
ARG VERSION=development
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="killrvideo" \
      org.opencontainers.image.description="The KillrVideo API on Astra DB" \
      org.opencontainers.image.source="https://github.com/killrvideo/killrvideo-go" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/killrvideo /killrvideo
WORKDIR /
# Numeric, so that a platform can verify "not root" without a passwd file.
USER 65532:65532
EXPOSE 8000
# The interval suits a laptop; Cloud Run, ECS and Kubernetes use probes of their own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["/killrvideo", "-healthcheck"]
ENTRYPOINT ["/killrvideo"]
