#!/usr/bin/env bash
# Measures Docket against yardsticks and peers; the arguments are those of the
# program in bench. A PostgreSQL that keeps what it has committed is started
# for it, unless DOCKET_BENCH_POSTGRES names one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/postgres.sh

go=${GO:-go}
stops=()
at_exit() { stops=("$1" ${stops[@]+"${stops[@]}"}); }
finish() {
	local status=$? stop
	for stop in ${stops[@]+"${stops[@]}"}; do
		eval "$stop" >/dev/null || true
	done
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${DOCKET_BENCH_POSTGRES:-}" ]; then
	if start_postgres max_connections=400 shared_buffers=512MB max_wal_size=4GB >/dev/null; then
		export DOCKET_BENCH_POSTGRES=$postgres_url
	else
		echo 'PostgreSQL is not installed: its rows are left out' >&2
	fi
fi
ulimit -n "$(ulimit -Hn)"
"$go" -C bench run . "$@"
