#!/bin/sh
# Parse what came in, every night, from cron:
#
#   15 2 * * *  DOCKET_URL=https://docket.example.com DOCKET_KEY=docket_… nightly.sh /srv/inbox /srv/texts
#
# Ends with 0 when every document was read, with 3 when some were not, which it
# names; any other code means that the batch could not be submitted or followed.
set -eu
inbox=${1:?usage: nightly.sh INBOX TEXTS}
texts=${2:?usage: nightly.sh INBOX TEXTS}
day=${NIGHT:-$(date +%F)}

set -- "$inbox"/*.pdf
[ -e "$1" ] || { echo "$day: nothing in $inbox"; exit 0; }
mkdir -p "$texts"

# One batch a day: when cron runs the script twice, or it is run again after a
# crash, the key makes the server answer with the batch that is there.
docket batch submit parse "$@" --idempotency-key "nightly-$day" --tag "nightly-$day" --json >/dev/null
docket jobs wait --query "tag:nightly-$day" >/dev/null || [ $? -eq 3 ]

read=$(docket jobs list "tag:nightly-$day" status:completed --all)
failed=$(docket jobs list "tag:nightly-$day" status:failed,cancelled --all)
printf '%s\n' "$read" | while IFS='	' read -r job _ _ name _; do
	[ -z "$job" ] || docket jobs result "$job" --format md --output "$texts/${name%.pdf}.md"
done

echo "$day: $# documents"
if [ -n "$failed" ]; then
	echo "failed:"
	printf '%s\n' "$failed" | cut -f 4,5
	exit 3
fi
