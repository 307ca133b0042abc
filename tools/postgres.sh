# Functions for scripts that need a PostgreSQL of their own.

# postgres_programs prints the folder of the newest PostgreSQL's programs.
postgres_programs() {
	find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -1 | xargs -r dirname | grep .
}

# start_postgres SETTING... starts one in a folder of its own and on a port that
# is free: it does not run as root. It sets postgres_url, and hands the command
# that stops it to at_exit.
start_postgres() {
	local programs folder as=() port setting settings=
	programs=$(postgres_programs) && folder=$(mktemp -d) || return
	if [ "$(id -u)" = 0 ]; then
		id postgres >/dev/null || return
		as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
		chown postgres "$folder" || return
	fi
	at_exit "(cd '$folder' && ${as[*]-} '$programs/pg_ctl' -D '$folder/data' -m immediate stop); rm -rf '$folder'"
	for setting in "$@"; do settings+=" -c $setting"; done
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') &&
		(cd "$folder" && ${as[@]+"${as[@]}"} "$programs/initdb" -D "$folder/data" -U docket --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync) &&
		(cd "$folder" && ${as[@]+"${as[@]}"} "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "-c port=$port -c listen_addresses=127.0.0.1 \
			-c unix_socket_directories='$folder'$settings" start) || return
	postgres_url="postgres://docket@127.0.0.1:$port/postgres"
}
