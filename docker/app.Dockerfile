# Bot, web, migrate and the operators' command: no ffmpeg and no yt-dlp. The file to run is the command.
FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /app
# 30 MB less for each process: see src/playground/stack/product-process.ts.
ENV NODE_ENV=production NODE_OPTIONS="--max-semi-space-size=2 --max-old-space-size=256"
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY queues queues
COPY src/shared src/shared
COPY src/bot src/bot
COPY src/operator src/operator
COPY src/web src/web
USER node
ENTRYPOINT ["node"]
