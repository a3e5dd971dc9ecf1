"""Cardinal's `coverage` over JSON lines: the one command of it that its Python package has."""

import sys

import ocdscardinal

print(len(ocdscardinal.coverage(sys.argv[1])), "paths")
