# The server as an image: compiled code, production packages, models. Nothing is downloaded when it starts.

FROM node:20-slim AS build
WORKDIR /attune
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json vite.config.js ./
COPY src src
COPY bench bench
RUN npm run build

FROM node:20-slim AS dependencies
WORKDIR /attune
COPY package.json package-lock.json .npmrc ./
# onnxruntime-node brings libraries for every platform; only this one's are kept.
RUN npm ci --omit=dev \
  && cd node_modules/onnxruntime-node/bin/napi-v6 \
  && keep="linux/$(node -p process.arch)" \
  && find . -mindepth 2 -maxdepth 2 -type d ! -path "./$keep" -exec rm -rf {} + \
  && find . -mindepth 1 -maxdepth 1 -type d -empty -delete

FROM node:20-slim AS server
ENV NODE_ENV=production ATTUNE_HOST=0.0.0.0 ATTUNE_MEMORY_PATH=/data/memory.db \
  ATTUNE_AUDIT_LOG=/data/audit.jsonl ATTUNE_EVI_PATH=/data/evi.db
WORKDIR /attune
COPY package.json LICENSE ./
COPY --from=dependencies /attune/node_modules node_modules
COPY --from=build /attune/dist dist
COPY bin bin
COPY models models
COPY audio-fixtures audio-fixtures
COPY rules rules
COPY lab-scripts lab-scripts
# What is remembered about people who agreed to it; keep it on a volume.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8787
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ATTUNE_PORT || 8787}/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/attune.js", "serve"]
