package extract

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/op/optest"
	"docket/internal/testkit"
)

func TestFindPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"from 01.05.14-31.05.14":           "2014-05-01 2014-05-31",
		"du 01/07/2015 au 31/07/2015":      "2015-07-01 2015-07-31",
		"1 March 2024 – 31 March 2024":     "2024-03-01 2024-03-31",
		"2024-01-01 to 2024-12-31":         "2024-01-01 2024-12-31",
		"31.05.14-01.05.14":                " ",
		"1 May 2014, 3 May 2014":           " ",
		"issued 2024-01-01 due 2024-01-31": " ",
		"2024-01-01":                       " ",
		"du 1er au 31 juillet 2015":        "2015-07-01 2015-07-31",
		"July 1 - July 31, 2014":           "2014-07-01 2014-07-31",
		"from 3 to 9 March 2024":           "2024-03-03 2024-03-09",
		"1.5. - 31.5.2024":                 "2024-05-01 2024-05-31",
		"31 to 1 March 2024":               " ",
		"page 2 - 3 March 2024 is late":    "2024-03-02 2024-03-03",
	} {
		var from, to any = "", ""
		if all := findPeriods(text, locale{}, firstDay); len(all) > 0 {
			from = all[0].value
		}
		if all := findPeriods(text, locale{}, lastDay); len(all) > 0 {
			to = all[0].value
		}
		if got := fmt.Sprint(from, " ", to); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSender is about papers that name several companies: the one that writes
// has its address on the web there.
func TestSender(t *testing.T) {
	pool := optest.Pool(t)
	const schema = `{"schema":{"type":"object","properties":{"issuer":{"type":"string"},"partner_name":{"type":"string"},"partner_city":{"type":"string"},"period_start":{"type":"string","format":"date"},"period_end":{"type":"string","format":"date"}}}}`
	for name, test := range map[string]struct {
		text string
		want map[string]string
	}{
		"address": {"\n\n\n\n\n\n\n\n\n\n\n\nTo\nBlue Sky Ltd.\nGreen Field GmbH\nService 01.05.2024 - 31.05.2024\nwww.greenfield.example.com",
			map[string]string{"issuer": "Green Field GmbH", "partner_name": "Green Field GmbH", "period_start": "2024-05-01", "period_end": "2024-05-31"}},
		"two addresses": {"\n\n\n\n\n\n\n\n\n\n\n\nTo\nBlue Sky Ltd.\nGreen Field GmbH\nwww.greenfield.de and info@bluesky.com", map[string]string{}},
		"none":          {"\n\n\n\n\n\n\n\n\n\n\n\nTo\nBlue Sky Ltd.\nGreen Field GmbH\nService 01.05.2024 - 31.05.2024 or 01.06.2024 - 30.06.2024", map[string]string{}},
	} {
		w, _, err := run(t, pool, testkit.PDF(test.text), schema)
		if err != nil {
			t.Fatal(err)
		}
		n := tree(t, w)
		if diff := cmp.Diff(test.want, values(&n)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
