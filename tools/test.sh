#!/usr/bin/env bash
# Everything that must pass before a change is merged; `make test` runs it.
#
# The stages are the lines at the end. The output of a stage is shown when it
# fails, and the last one's summary when all is well. To add a server for the
# tests, write a function that starts it, exports its address and hands the
# command that stops it to at_exit, and make it a stage before the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/postgres.sh

go=${GO:-go}
logs=$(mktemp -d)
stops=()

at_exit() { stops=("$1" ${stops[@]+"${stops[@]}"}); }

finish() {
	local status=$? stop
	for stop in ${stops[@]+"${stops[@]}"}; do
		eval "$stop" || true
	done
	rm -rf "$logs"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# stage NAME COMMAND... runs a command or function in this shell. `set -e` does
# not reach into it: a function chains its steps with && or `|| return`.
stage() {
	local name=$1 start=$SECONDS verdict=ok
	shift
	"$@" >"$logs/$name" 2>&1 || verdict=FAIL
	printf '%-10s %-4s %4d s\n' "$name" "$verdict" $((SECONDS - start))
	if [ "$verdict" = FAIL ]; then
		cat "$logs/$name"
		exit 1
	fi
}

compiles_c() { echo '#include <stdlib.h>' | gcc -fsyntax-only -x c -; }

# One PostgreSQL for all tests: it need not survive a crash.
postgres() { start_postgres fsync=off full_page_writes=off max_connections=400; }

# What is stored works on both databases. Properties are tried a few times here
# and often on SQLite.
shared='TestNodes|TestKillMinusNineLoses|TestManyClients|TestOneKey|TestCancel$|TestRerun$|TestDelete$|TestReuse$|TestBatch$|TestListF|TestKeysOver|TestKeysCommand|TestChain$|TestChainWaits|TestWebhookTellsEvery|TestEventsOfAJob|TestEventsOfAll|TestPaused|TestUsage|TestQueue|TestRetention|TestWalk|ManyNodes|TestDatabaseIsAway|TestStats$|TestSearch$|TestBulk$'
on_postgres() {
	local status=0 app
	export DOCKET_TEST_DATABASE=$postgres_url
	"$go" test -count=1 -timeout 30m -tags postgres -run "$shared" ./internal/app >"$logs/app_pg" 2>&1 &
	app=$!
	"$go" test -count=1 -timeout 30m -tags postgres ./cmd/faults ./internal/store ./internal/service ./internal/worker -rapid.checks=5 || status=1
	wait "$app" || status=1
	cat "$logs/app_pg"
	unset DOCKET_TEST_DATABASE
	return "$status"
}

# One call for all Debian packages that the later stages need.
packages() {
	local missing=() sudo=()
	compiles_c || missing+=(gcc libc6-dev) # the race detector needs cgo
	# examples/samples are clients in Python and curl
	/usr/bin/python3 -c 'import requests' || missing+=(python3-requests)
	/usr/bin/python3 -c 'import aiohttp' || missing+=(python3-aiohttp)
	/usr/bin/python3 -c 'import flask' || missing+=(python3-flask) # examples/webhook_receiver
	command -v node || missing+=(nodejs)
	command -v npm || missing+=(npm)
	command -v curl || missing+=(curl)
	command -v tesseract || missing+=(tesseract-ocr) # recognizes text in pictures
	postgres_programs >/dev/null || missing+=(postgresql)
	[ -x /usr/bin/chromium ] || missing+=(chromium) # opens examples/samples/websocket.html
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "missing: ${missing[*]}"
	[ "$(id -u)" = 0 ] || sudo=(sudo -n)
	${sudo[@]+"${sudo[@]}"} apt-get update &&
		${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends "${missing[@]}"
}

# A library that checks our webhooks, and what builds the TypeScript client and
# the dashboard.
npm_packages() {
	tools/contract.sh install && npm --prefix sdk/typescript ci --ignore-scripts && tools/dashboard.sh install
}

# The S3 server of the tests. Each test starts one for itself, so that it can
# kill it.
s3() {
	GOBIN=$PWD/bin "$go" install github.com/versity/versitygw/cmd/versitygw@v1.8.0 &&
		export DOCKET_TEST_S3_SERVER=$PWD/bin/versitygw
}

# The race detector makes the database thirty times slower, so of the
# end-to-end tests it gets those in which much happens at the same time, and of
# the packages not those in which nothing does. All of them have run without it.
together='ManyClients|Soak|KillMinusNineLoses|SurviveKill|OneKeyMakes|QueueFull|TestCancel|WebSocketFollows|WebSocketEnds|EventsOfAJob$|EventsOfAll|WebhookTellsEvery|BadReceivers|StreamsNeedAKey|BusyServer|PausedOperation|TestChain$|TestModel$'
still='^docket($|/(examples|sdk|cmd|client|deploy|api|docs|internal/(app|job|config|dashboard|testkit|document|op/(classify|documents|embed|export|extract|parse|split)))($|/))'
# Neither do tests in which one thing happens after the other, slowly.
slowly='^(TestDispatcherTriesTenTimes|TestHostileFiles|TestLongTable|TestLifeAgreesWithAModel|TestDirectoryIsNotReadToItsEnd|TestArchivesAreRefused|TestTurnedScans|TestRecognition)$'
race() {
	local status=0 app
	"$go" test -count=1 -timeout 30m -race -short -run "$together" ./internal/app >"$logs/app" 2>&1 &
	app=$!
	"$go" list ./... | grep -vE "$still" | xargs "$go" test -count=1 -timeout 30m -race -short -skip "$slowly" || status=1
	wait "$app" || status=1
	cat "$logs/app"
	return "$status"
}

# Tests on PostgreSQL mostly wait for leases to end, which leaves the processors
# to the race detector.
last_stages() {
	local status=0 postgres start=$SECONDS
	(on_postgres; status=$?; echo "on PostgreSQL: $((SECONDS - start)) s"; exit "$status") >"$logs/on_pg" 2>&1 &
	postgres=$!
	race || status=1
	echo "under the race detector: $((SECONDS - start)) s"
	wait "$postgres" || status=1
	cat "$logs/on_pg"
	return "$status"
}

stage packages packages
stage npm      npm_packages
stage build    "$go" build ./...
stage s3       s3
stage dashboard tools/dashboard.sh check
stage test     "$go" test -count=1 -timeout 30m ./...
stage postgres postgres
export CGO_ENABLED=1
stage both     last_stages

grep -E '^ok|^on PostgreSQL|^under the race' "$logs/both"
