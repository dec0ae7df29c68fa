# syntax=docker/dockerfile:1
# Two stages: the first builds, the second holds the executable, its libraries and nothing else: no shell, no package manager.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libopenblas-dev libssl-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN swift build -c release --product strata --static-swift-stdlib \
    && install -D --strip "$(swift build -c release --static-swift-stdlib --show-bin-path)/strata" /out/usr/local/bin/strata
RUN cd /out \
    && ldd usr/local/bin/strata | grep -o '/[^ ]*' | xargs -I '{}' cp --parents --dereference '{}' . \
    && install -D -m 644 /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ca-certificates.crt \
    && echo 'hosts: files dns' > etc/nsswitch.conf \
    && echo 'strata:x:10001:10001::/data:/sbin/nologin' > etc/passwd \
    && echo 'strata:x:10001:' > etc/group \
    && mkdir /empty

FROM scratch
COPY --from=build /out /
COPY --from=build --chown=10001:10001 /empty /data
COPY --from=build --chown=10001:10001 /empty /tmp
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV PATH=/usr/local/bin STRATA_HOST=0.0.0.0 STRATA_PORT=8080 STRATA_DATA_DIR=/data SWIFT_BACKTRACE=enable=no \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["strata", "health"]
ENTRYPOINT ["strata"]
CMD ["serve"]
