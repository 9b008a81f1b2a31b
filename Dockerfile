# The gateway and what it needs, without a build step: Node runs the sources as they are.
FROM node:26-slim AS install
WORKDIR /srv/overdue
COPY package.json package-lock.json ./
COPY gateway/package.json gateway/
COPY gateway/bin gateway/bin
COPY device-sdk/package.json device-sdk/
COPY dashboards/package.json dashboards/
# The optional ones are Node itself, for machines with an older one.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:26-slim
WORKDIR /srv/overdue
ENV NODE_ENV=production OVERDUE_HTTP=0.0.0.0:8080 OVERDUE_MQTT=0.0.0.0:1883 OVERDUE_DATA=/data
COPY --from=install /srv/overdue/node_modules node_modules
COPY package.json ./
COPY gateway gateway
COPY device-sdk device-sdk
COPY dashboards/compose dashboards/compose
# A new volume takes over who owns the folder in the image.
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 8080 1883
CMD ["node", "gateway/src/main.ts"]
