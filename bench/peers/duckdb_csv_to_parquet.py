"""DuckDB reads a CSV, guesses its types, and writes it as Parquet.

    python duckdb_csv_to_parquet.py INPUT THREADS
"""

import sys

import duckdb

source, threads = sys.argv[1:]
connection = duckdb.connect()
connection.execute(f"SET threads = {int(threads)}")
quoted = source.replace("'", "''")
connection.execute(f"COPY (SELECT * FROM read_csv('{quoted}')) TO 'out.parquet' (FORMAT parquet, COMPRESSION zstd)")
