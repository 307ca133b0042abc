package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/op/optest"
)

func TestLastLines(t *testing.T) {
	for text, want := range map[string]string{
		"10115 Berlin": "10115|Berlin|", "D-63571 Gelnhausen": "63571|Gelnhausen|", "3012 CN Rotterdam": "3012 CN|Rotterdam|", "75008 Paris": "75008|Paris|",
		"Oakland, CA 94607": "94607|Oakland|", "Seattle, WA 98109-5210, US": "98109-5210|Seattle|US", "Toronto ON M5V 2T6": "M5V 2T6|Toronto|",
		"Ely CB7 4AA": "CB7 4AA|Ely|", "00-950 Warszawa": "00-950|Warszawa|", "114 55 Stockholm": "114 55|Stockholm|",
		"2024 was a good year": "", "Total 1200": "", "12345": "", "Call 555 1234": "", "19 Grad": "",
	} {
		got := ""
		for _, pattern := range lastLines {
			if m := pattern.FindStringSubmatch(text); m != nil {
				part := func(name string) string {
					if i := pattern.SubexpIndex(name); i >= 0 {
						return m[i]
					}
					return ""
				}
				got = strings.Join([]string{part("zip"), part("city"), part("country")}, "|")
				break
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestAddresses takes both sides of a letter apart.
func TestAddresses(t *testing.T) {
	p := paper{name: "both sides", pages: []string{strings.Join([]string{
		"# Kestrel Components Inc.", "900 Foundry Ave", "Cleveland, OH 44113", "www.kestrelcomponents.com", "", "",
		"Bill to", "Ridgeway Robotics", "41 Gear Lane", "Dayton, OH 45402", "", "Invoice 17",
	}, "\n")}}
	const side = `{"type":"object","properties":{"name":{"type":"string"},"address":{"type":"string"},"street":{"type":"string"},"city":{"type":"string"},"zip":{"type":"string"}}}`
	w, _, err := run(t, optest.Pool(t), p.draw(t), `{"schema":{"type":"object","properties":{"seller":`+side+`,"buyer":`+side+`,"vendor_city":{"type":"string"}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	n := tree(t, w)
	want := map[string]string{
		"seller.name": "Kestrel Components Inc.", "seller.address": "Kestrel Components Inc.\n900 Foundry Ave\nCleveland, OH 44113",
		"seller.street": "900 Foundry Ave", "seller.city": "Cleveland", "seller.zip": "44113", "vendor_city": "Cleveland",
		"buyer.name": "Ridgeway Robotics", "buyer.address": "Ridgeway Robotics\n41 Gear Lane\nDayton, OH 45402", "buyer.street": "41 Gear Lane", "buyer.city": "Dayton", "buyer.zip": "45402",
	}
	if diff := cmp.Diff(want, values(&n)); diff != "" {
		t.Error(diff)
	}
}
