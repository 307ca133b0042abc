package op_test

import (
	"net/netip"
	"testing"

	"docket/internal/op"
)

func TestCheckURL(t *testing.T) {
	lan := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	tests := []struct {
		url      string
		networks []netip.Prefix
		loopback bool
		ok       bool
	}{
		{"https://example.com/hook", nil, false, true},
		{"ftp://example.com/", nil, false, false},
		{"http://user:password@example.com/", nil, false, false},
		{"http://10.0.0.1/", nil, false, false},
		{"http://10.0.0.1/", lan, false, true},
		{"http://localhost:5000/", nil, false, false},
		{"http://localhost:5000/", nil, true, true},
		{"http://[::ffff:127.0.0.1]/", nil, false, false},
		{"http://169.254.169.254/latest/meta-data", lan, true, false},
	}
	for _, tt := range tests {
		if err := op.CheckURL(tt.url, tt.networks, tt.loopback); (err == nil) != tt.ok {
			t.Errorf("%s, %v, %t: %v", tt.url, tt.networks, tt.loopback, err)
		}
	}
}
