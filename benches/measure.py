#!/usr/bin/env python3
"""Runs one program and prints what it cost: wall user system peak-KiB exit-code.

    measure.py STDOUT STDERR PROGRAM [ARGUMENT ...]

STDOUT and STDERR are files that take what the program prints. The figures are the kernel's own
(wait4), with microseconds, of the program and all its children that it waited for. The peak is the
largest resident set of any one of these processes; it is never below this interpreter's, some 10 MiB.
"""
import os
import shutil
import sys
import time

out, err, *command = sys.argv[1:]
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o644),
]
program = shutil.which(command[0])
if program is None:
    sys.exit(f"there is no {command[0]}")
start = time.perf_counter()
pid = os.posix_spawn(program, command, os.environ, file_actions=actions)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - start
print(f"{wall:.6f} {used.ru_utime:.6f} {used.ru_stime:.6f} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}")
