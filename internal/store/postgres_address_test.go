package store

import "testing"

// Writers go by indexes, readers as the planner likes, and what an operator has
// chosen holds. A pooler lets nobody set anything.
func TestWritersGoByIndexes(t *testing.T) {
	for address, want := range map[string]struct{ reads, writes string }{
		"postgres://docket@db/docket":                                       {"", "off"},
		"host=db user=docket":                                               {"", "off"},
		"postgres://docket@db/docket?enable_seqscan=on":                     {"on", "on"},
		"postgres://docket@db/docket?pgbouncer=true":                        {"", ""},
		"postgres://docket@pooler.example:6543/postgres":                    {"", ""},
		"postgres://docket@db/docket?pgbouncer=true&application_name=other": {"", ""},
	} {
		reads, writes, err := parseAddress(address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if got := writes.RuntimeParams["enable_seqscan"]; got != want.writes {
			t.Errorf("%s: writers have enable_seqscan=%q, not %q", address, got, want.writes)
		}
		if got := reads.RuntimeParams["enable_seqscan"]; got != want.reads {
			t.Errorf("%s: readers have enable_seqscan=%q, not %q", address, got, want.reads)
		}
	}
}
