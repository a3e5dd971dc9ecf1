"""Runs a command and prints, as JSON, what the operating system counted for it and its children.

    python3 measure.py PROGRAM ARGUMENT...

In: a command; its output goes to a temporary file, so that a terminal costs it nothing.
Out: cpu_seconds (user and system), wall_seconds, peak_mb (the largest of its processes; 1 MB = 10^6 bytes).
Exit: the command's own code; the end of its output on standard error when that is not 0.
"""

import json
import os
import subprocess
import sys
import tempfile
import time


def main() -> int:
    with tempfile.TemporaryFile() as printed:
        start = time.monotonic()
        child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=printed, stderr=printed)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        code = os.waitstatus_to_exitcode(status)
        # Told to subprocess, which would otherwise wait for a child that is gone.
        child.returncode = code
        if code != 0:
            printed.seek(max(0, printed.seek(0, os.SEEK_END) - 4000))
            sys.stderr.write(printed.read().decode("utf-8", "replace"))
            return code if code > 0 else 128 - code
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    figures = {
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
        "wall_seconds": round(wall, 3),
        "peak_mb": round(usage.ru_maxrss * unit / 1e6, 1),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
