# Skerry in a container. Words and keys live in volumes of their own: back up and guard each apart.

# The tag is pinned, not the digest: name the digest here if your registry lets you.
FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/skerry
COPY requirements/run.txt requirements/run.txt
RUN /opt/skerry/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN /opt/skerry/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN groupadd --system --gid 10001 skerry \
    && useradd --system --uid 10001 --gid skerry --home-dir /data skerry \
    && install --directory --owner skerry --group skerry --mode 0700 /data /keys
COPY --from=build /opt/skerry /opt/skerry
ENV PATH=/opt/skerry/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SKERRY_DATABASE_URL=sqlite:////data/skerry.sqlite \
    SKERRY_KEYS_URL=sqlite:////keys/keys.sqlite \
    SKERRY_MASTER_KEY_FILE=/keys/master.key \
    SKERRY_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/keys"]
EXPOSE 8420
# A 503, a refused connection or silence raises, and the container counts as unhealthy. No proxy is asked.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://127.0.0.1:8420/healthz?database', timeout=4)"]
CMD ["skerry", "run"]
