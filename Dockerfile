FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PTB_TIMEDELTA=1 DATABASE_URL=sqlite:////data/news.db
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
 && useradd --uid 10001 --no-create-home newsdigest \
 && mkdir /data && chown newsdigest /data
USER newsdigest
VOLUME /data
HEALTHCHECK --interval=120s --timeout=30s --start-period=60s CMD ["newsdigest", "doctor"]
ENTRYPOINT ["newsdigest"]
CMD ["serve"]
