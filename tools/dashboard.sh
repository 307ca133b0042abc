#!/usr/bin/env bash
# The dashboard: its sources are in web/, its build in internal/dashboard/build.
#   tools/dashboard.sh install     install the packages of web/package-lock.json, once
#   tools/dashboard.sh check       check the types, build, and compare with the build of the repository
#   tools/dashboard.sh build       make the build of the repository anew
#   tools/dashboard.sh pictures    take the pictures of the README from a real server
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../web"

build=../internal/dashboard/build

# What is installed is told by the file that npm leaves last.
install() {
	if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
		npm ci --silent
		touch node_modules/.package-lock.json
	fi
}

# The shapes of the API are made from its contract.
types() {
	node types.mjs
	node_modules/.bin/tsc --noEmit
}

check() {
	types
	local made
	made=$(mktemp -d)
	node_modules/.bin/vite build --emptyOutDir --outDir "$made" --logLevel warn
	local status=0
	diff -r "$made" "$build" || status=1
	rm -rf "$made"
	if [ "$status" != 0 ]; then
		echo "the build is not that of the sources: run make dashboard" >&2
	fi
	return "$status"
}

pictures() {
	local folder
	folder=$(mktemp -d)
	go build -o "$folder/docket" ../cmd/docket
	node tests/pictures.mjs "$folder/docket" ../docs/pictures
	rm -rf "$folder"
}

install
case ${1-} in
install) ;; # it is done
check) check ;;
build)
	types
	node_modules/.bin/vite build --logLevel warn
	;;
pictures) pictures ;;
*)
	sed -n '2,6p' "../tools/${BASH_SOURCE[0]##*/}" >&2
	exit 2
	;;
esac
