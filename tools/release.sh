#!/usr/bin/env bash
# Builds a release of what is committed into dist/VERSION: an archive for each
# system, SHA256SUMS, and a bill of materials for each program.
#
#   tools/release.sh [VERSION [SYSTEM/PROCESSOR...]]
#
# Without a version it is what `git describe` says. The same commit and the
# same version give the same bytes on every machine with the same Go;
# REPRODUCE=1 builds all of it twice, in another folder and without the cache of
# the first time, and compares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

go=${GO:-go}
version=${1:-$(git describe --tags --match 'v[0-9]*' 2>/dev/null || echo "v0.0.0-$(git rev-parse --short=12 HEAD)")}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64)

# Go writes the version of a tag into the program only when it is one.
if ! [[ $version =~ ^v[01]\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
	echo "release: $version is no version such as v0.1.0 or v0.2.0-rc.1 (from v2 on the module would need another path)" >&2
	exit 2
fi
host=$("$go" env GOHOSTOS)/$("$go" env GOHOSTARCH)
for target in "${targets[@]}"; do
	[ "$target" = "$host" ] || echo "release: $target is compiled here and not run"
done
[ -z "$(git status --porcelain)" ] || echo "release: what is not committed is not in it"

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# licenses FOLDER prints the licenses of all that is inside the programs.
licenses() {
	local name text
	echo "Docket is under the Apache License 2.0 (LICENSE). Inside it are:"
	printf '\n\n===== the standard library of Go\n\n' && cat "$("$go" env GOROOT)/LICENSE"
	printf '\n\n===== PDFium\n\n' && cat tools/notices/pdfium.txt
	printf '\n\n===== Swagger UI\n\n' && cat api/swagger/LICENSE api/swagger/NOTICE
	for target in "${targets[@]}"; do
		CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} "$go" -C "$1" list -deps \
			-f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}	{{.Dir}}{{end}}{{end}}' ./cmd/docket
	done | sort -u | while IFS='	' read -r name folder; do
		printf '\n\n===== %s\n\n' "$name"
		find "$folder" -maxdepth 1 -type f -iregex '.*/\(licen[sc]e\|notice\|copying\|patents\)[^/]*' -print0 | sort -z | xargs -0 cat
	done
	npm --prefix "$1/web" ci --omit=dev --ignore-scripts --silent >&2
	(cd "$1/web/node_modules" && find . -iname 'license*' -type f | sort) | while read -r text; do
		printf '\n\n===== %s (dashboard)\n\n' "$(dirname "${text#./}")"
		cat "$1/web/node_modules/$text"
	done
}

# build FOLDER makes everything in it, from a clone that has the tag.
build() {
	local source=$1/source target name
	git clone -q --shared . "$source"
	git -C "$source" tag -f "$version" >/dev/null
	licenses "$source" >"$1/THIRD_PARTY_LICENSES.txt"
	git -C "$source" clean -qfdx # or Go would call the tree changed
	for target in "${targets[@]}"; do
		name=docket_${version}_${target/\//_}
		mkdir "$1/$name"
		CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} "$go" -C "$source" build -trimpath -buildvcs=true -ldflags='-s -w -buildid=' -o "$1/$name/docket" ./cmd/docket
		cp "$source/README.md" "$source/LICENSE" "$source/CHANGELOG.md" "$1/THIRD_PARTY_LICENSES.txt" "$1/$name"
		tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r-w --mtime="@$(git log -1 --format=%ct)" -cf - "$name" | gzip -9n >"$1/$name.tar.gz"
	done
}

mkdir "$work/first"
build "$work/first"
if [ -n "${REPRODUCE:-}" ]; then
	mkdir -p "$work/second/elsewhere"
	GOCACHE=$work/cache build "$work/second/elsewhere"
	for archive in "$work"/first/*.tar.gz; do
		cmp "$archive" "$work/second/elsewhere/${archive##*/}"
	done
	echo "release: built twice, the same bytes"
fi

"$go" -C tools/sbom build -trimpath -buildvcs=false -o "$work/bom" github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
out=dist/$version
rm -rf "$out"
mkdir -p "$out"
mv "$work"/first/*.tar.gz "$out"
for target in "${targets[@]}"; do
	name=docket_${version}_${target/\//_}
	if [ "$target" = "$host" ]; then
		said=$("$work/first/$name/docket" version)
		echo "release: $said"
		[[ $said == "docket $version "* ]] || { echo "release: the program does not say $version" >&2; exit 1; }
	fi
	# the date of the commit for that of the run: again the same bytes
	"$work/bom" bin -json -std -noserial -version "$version" "$work/first/$name/docket" |
		sed "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$(TZ=UTC0 git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)\"/" >"$out/$name.cdx.json"
done
(cd "$out" && sha256sum -- * >SHA256SUMS)
(cd "$out" && ls -l && cat SHA256SUMS)
