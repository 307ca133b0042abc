#!/usr/bin/env bash
# The OpenAPI files under api/ and the page that shows them.
#   tools/contract.sh install   install the packages of package-lock.json, once
#   tools/contract.sh lint      check both with the linters of package-lock.json
#   tools/contract.sh swagger   copy swagger-ui to api/swagger from its package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

swagger=(LICENSE NOTICE favicon-32x32.png swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css)

# What is installed is told by the file that npm leaves last.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
	npm ci --silent
	touch node_modules/.package-lock.json
fi

lint() {
	node_modules/.bin/spectral lint --quiet --fail-severity=warn --ruleset spectral.yaml ../api/*.yaml
	node_modules/.bin/redocly lint --config redocly.yaml ../api/*.yaml
	local file
	for file in "${swagger[@]}"; do
		cmp "node_modules/swagger-ui-dist/$file" "../api/swagger/$file"
	done
}

swagger() {
	local file
	for file in "${swagger[@]}"; do
		install -m 644 "node_modules/swagger-ui-dist/$file" "../api/swagger/$file"
	done
}

case ${1-} in
install) ;; # it is done
lint) lint ;;
swagger) swagger ;;
*)
	sed -n '2,5p' "${BASH_SOURCE[0]##*/}" >&2
	exit 2
	;;
esac
