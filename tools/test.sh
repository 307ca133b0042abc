#!/usr/bin/env bash
# Everything that must pass before a change is merged; `make test` runs it.
#
# The stages are the lines at the end. The output of a stage is shown when it
# fails, and the last one's summary when all is well. To add a server for the
# tests, write a function that starts it, exports its address and hands the
# command that stops it to at_exit, and make it a stage before the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

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
	[ -x /usr/bin/chromium ] || missing+=(chromium) # opens examples/samples/websocket.html
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "missing: ${missing[*]}"
	[ "$(id -u)" = 0 ] || sudo=(sudo -n)
	${sudo[@]+"${sudo[@]}"} apt-get update &&
		${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends "${missing[@]}"
}

# The race detector makes the database thirty times slower, so of the
# end-to-end tests it gets those in which much happens at the same time. All of
# them have run without it.
together='ManyClients|Soak|KillMinusNineLoses|SurviveKill|OneKeyMakes|QueueFull|TestCancel|WebSocketFollows|WebSocketEnds|EventsOfAJob$|EventsOfAll|WebhookTellsEvery|BadReceivers|StreamsNeedAKey|BusyServer|PausedOperation|TestChain$|TestModel$'
race() {
	local status=0 app
	"$go" test -count=1 -race -short -run "$together" ./internal/app >"$logs/app" 2>&1 &
	app=$!
	"$go" list ./... | grep -v '/internal/app$' | xargs "$go" test -count=1 -race -short || status=1
	wait "$app" || status=1
	cat "$logs/app"
	return "$status"
}

stage packages packages
stage npm      tools/contract.sh install # a library that checks our webhooks
stage build    "$go" build ./...
stage test     "$go" test -count=1 ./...
export CGO_ENABLED=1
stage race     race

grep '^ok' "$logs/race"
