# Image of the server: docker build -t redcloud . && docker run --rm -p 127.0.0.1:3000:3000 redcloud
# Runs without root, and with a read-only root file system if /data and /tmp can be written (deploy/compose.yaml).

FROM node:24-bookworm-slim AS package
WORKDIR /checkout
COPY . .
# node_modules of the packages for the build, and the compiled package as it would be published.
RUN npm ci && npm pack --workspace @redcloud/server --pack-destination /tmp \
  && mkdir -p /package && tar -xzf /tmp/redcloud-server-*.tgz -C /package --strip-components 1

FROM node:24-bookworm-slim AS libraries
WORKDIR /checkout
COPY package.json package-lock.json ./
COPY packages/cli/package.json packages/cli/
COPY packages/console/package.json packages/console/
COPY packages/sdk/package.json packages/sdk/
COPY packages/server/package.json packages/server/
COPY packages/smpp/package.json packages/smpp/
# Versions of the lock file. The image has Node already, so the packaged one is removed. The links lead to other packages of the checkout.
RUN npm ci --omit=dev --workspace @redcloud/server --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/@redcloud

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 RC_DATA_DIR=/data
WORKDIR /opt/redcloud
COPY --from=libraries /checkout/node_modules node_modules
COPY --from=package /package packages/server
# Libraries of which the root of the workspace has another version, or none.
COPY --from=libraries /checkout/packages/server/node_modules packages/server/node_modules
RUN install -d -o node -g node -m 700 /data /data/media
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "packages/server/bin/redcloud.mjs"]
CMD ["start"]
