"""Windows of 5 seconds by polars: aggregate_polars.py FILE

Lazy, with the schema declared, by the streaming engine; POLARS_MAX_THREADS is
its number of threads.
"""
import sys

import polars as pl

ts = pl.col("ts").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms")
(
    pl.scan_ndjson(sys.argv[1], schema={
        "ts": pl.String, "channel": pl.String, "type": pl.String,
        "user_id": pl.String, "bits": pl.Int64})
    .filter(pl.col("type") == "message")
    .with_columns(ts.dt.truncate("5s"))
    .group_by("channel", "ts")
    .agg(pl.len().alias("messages"),
         pl.col("user_id").n_unique().alias("chatters"),
         pl.col("bits").sum(), pl.col("bits").count().alias("cheers"))
    .sort("channel", "ts")
    .collect(engine="streaming")
    .write_ndjson(sys.stdout.buffer)
)
