"""Polars reads a CSV, guesses its types, and writes it as Parquet.

    POLARS_MAX_THREADS=THREADS python polars_csv_to_parquet.py INPUT
"""

import sys

import polars

# 10,000 rows to guess from: with the default of 100 a later value does not fit the guess and the run ends.
polars.scan_csv(sys.argv[1], infer_schema_length=10_000).sink_parquet("out.parquet", compression="zstd")
