"""Windows of 5 seconds by DuckDB: aggregate_duckdb.py FILE THREADS

The columns are declared, so nothing is guessed; the order of the input need not
be kept. Twitch's ids are numbers in quotes: as numbers they compare faster.
"""
import sys

import duckdb

path, threads = sys.argv[1:]
con = duckdb.connect()
con.execute(f"SET threads = {int(threads)}")
con.execute("SET preserve_insertion_order = false")
con.execute(f"""
    COPY (
        SELECT channel, time_bucket(INTERVAL 5 SECONDS, ts) AS ts,
            count(*) AS messages, count(DISTINCT user_id) AS chatters,
            coalesce(sum(bits), 0) AS bits, count(bits) AS cheers
        FROM read_json('{path}', format = 'newline_delimited', columns = {{
            ts: 'TIMESTAMP', channel: 'VARCHAR', type: 'VARCHAR',
            user_id: 'UBIGINT', bits: 'BIGINT'}})
        WHERE type = 'message'
        GROUP BY ALL ORDER BY ALL
    ) TO '/dev/stdout' (FORMAT json)""")
