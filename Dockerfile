# syntax=docker/dockerfile:1
# Two stages: the first builds, the second holds the executable and the libraries it needs.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopenblas-dev libssl-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --product strata --static-swift-stdlib \
    && install -D --strip "$(swift build -c release --static-swift-stdlib --show-bin-path)/strata" /out/strata

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libopenblas0-pthread libssl3 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/* /usr/share/doc /usr/share/man /usr/share/locale \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin strata \
    && install -d -o strata -g strata /data
COPY --from=build /out/strata /usr/local/bin/strata
USER strata
WORKDIR /data
VOLUME /data
ENV STRATA_HOST=0.0.0.0 STRATA_PORT=8080 STRATA_DATA_DIR=/data SWIFT_BACKTRACE=enable=no
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["strata", "health"]
ENTRYPOINT ["strata"]
CMD ["serve"]
