# tapekeeper with the PostgreSQL that it brings along. The data lie in the volume; DATABASE_URL names another server.
FROM node:24-slim AS dependencies
WORKDIR /opt/tapekeeper
COPY package.json package-lock.json ./
COPY packages/client/package.json packages/client/
COPY packages/cli/package.json packages/cli/
COPY packages/contract/package.json packages/contract/
COPY packages/core/package.json packages/core/
COPY packages/replay/package.json packages/replay/
COPY packages/server/package.json packages/server/
# nothing that is installed needs to run a script
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /opt/tapekeeper
COPY --from=dependencies /opt/tapekeeper ./
COPY package.json LICENSE NOTICE ./
COPY bin bin
COPY packages packages
RUN ln -s /opt/tapekeeper/bin/tapekeeper.mjs /usr/local/bin/tapekeeper \
  && install -d -o node -g node -m 700 /var/lib/tapekeeper /backups
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/tapekeeper-cache \
    TAPEKEEPER_DATA_DIR=/var/lib/tapekeeper/data \
    TAPEKEEPER_HOST=0.0.0.0 \
    TAPEKEEPER_PORT=8000
USER node
VOLUME /var/lib/tapekeeper
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.TAPEKEEPER_PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# the embedded database needs up to a minute to write everything out: stop with a grace of at least that
STOPSIGNAL SIGTERM
ENTRYPOINT ["tapekeeper"]
CMD ["start"]
