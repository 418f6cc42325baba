#!/bin/sh
# A sample of the torture (tests/torture): allocations that fail, system calls
# that fail, descriptors that are closed. `make torture` does all of it.
. "$(dirname "$0")/tap.sh"
TW_BIN=$TW_BIN TW_MODE=${TW_MODE:-plain} PYTHONDONTWRITEBYTECODE=1 \
	python3 "$root/tests/torture/torture.py" --quick 4 alloc calls fds
