# One image for the API and for workers. Everything it runs comes from the lock file; Tesseract and its models are wheels.
FROM python:3.12-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.13.9 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /srv/cardally
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --no-install-project
COPY lexicon lexicon
COPY ocr ocr
COPY bench bench
COPY migrations migrations
COPY app app
RUN uv sync --locked --no-dev --no-editable

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/cardally cardally \
    && install --directory --owner cardally --group cardally /srv/cardally/var
WORKDIR /srv/cardally
COPY --from=build /srv/cardally/.venv .venv
ENV PATH=/srv/cardally/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OMP_THREAD_LIMIT=1 \
    CARDALLY_HOST=0.0.0.0 \
    CARDALLY_PORT=8000
USER cardally
VOLUME /srv/cardally/var
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["cardally"]
CMD ["serve"]
