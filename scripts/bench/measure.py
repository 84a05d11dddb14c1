#!/usr/bin/env python3
"""Runs one program and prints as one line of JSON what it used.

usage: measure.py PROGRAM [WORD...]

Its standard output is thrown away, its standard error is passed on. Threads count with their
process, and so do children that it waited for. Times are seconds, sizes are bytes.
"""
import json
import os
import sys
import time


def main(argv):
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.monotonic()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=quiet)
    # The dead program stays until it is reaped, and with it what /proc knows of it.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    wall = time.monotonic() - began
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        io = dict(line.split(": ") for line in file.read().splitlines())
    _, status, used = os.wait4(pid, 0)
    json.dump(
        {
            "status": os.waitstatus_to_exitcode(status),
            "wall": wall,
            "user": used.ru_utime,
            "system": used.ru_stime,
            # In KiB on Linux. It begins with what this interpreter has (13 MiB): exec inherits the mark.
            "peak": used.ru_maxrss * 1024,
            # What went through read and write calls of every kind, from a disk or from the page cache.
            "read": int(io["rchar"]),
            "written": int(io["wchar"]),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
