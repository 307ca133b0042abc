package safehttp

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"docket/internal/job"
	"docket/internal/testkit"
)

// wantReason fails the test unless err says what a user should read.
func wantReason(t *testing.T, err error, reason string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want reason %q", reason)
	}
	failure := job.FailureOf(err)
	if failure.Code != job.URLUnreachable || failure.Facts["reason"] != reason {
		t.Fatalf("got %v, want %s with reason %q", err, job.URLUnreachable, reason)
	}
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	c := New(o)
	t.Cleanup(c.Close)
	return c
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	names := testkit.Names(t, func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("169.254.169.254")} })
	for _, host := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200",
		"169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]",
		"[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]",
		"[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]",
		"127.0.0.１", "127。0。0。1", // other spellings of digits and dots
		"metadata.test",
	} {
		t.Run(host, func(t *testing.T) {
			_, err := newClient(t, Options{Resolver: names}).Get(t.Context(), "http://"+host+":8080/", 1)
			wantReason(t, err, "the address is private")
			if Temporary(err) {
				t.Error("is called temporary")
			}
		})
	}
}

func TestGuard(t *testing.T) {
	lan := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("::ffff:192.168.7.0/120")}
	tests := []struct {
		name    string
		options Options
		network string
		address string
		allowed bool
	}{
		{"public IPv4", Options{}, "tcp4", "93.184.215.14:443", true},
		{"public IPv6", Options{}, "tcp6", "[2606:2800:21f:cb07::1]:80", true},
		{"any port", Options{}, "tcp4", "93.184.215.14:22", true},
		{"UDP", Options{}, "udp4", "93.184.215.14:443", false},
		{"socket file", Options{}, "unix", "/run/docker.sock", false},
		{"zone", Options{}, "tcp6", "[2606:2800:21f:cb07::1%eth0]:80", false},
		{"zone on an allowed network", Options{AllowCIDRs: lan}, "tcp6", "[fd00::1%eth0]:80", false},
		{"loopback allowed", Options{AllowLoopback: true}, "tcp4", "127.1.2.3:80", true},
		{"IPv6 loopback allowed", Options{AllowLoopback: true}, "tcp6", "[::1]:80", true},
		{"mapped loopback allowed", Options{AllowLoopback: true}, "tcp6", "[::ffff:127.0.0.1]:80", true},
		{"loopback is no network", Options{AllowLoopback: true}, "tcp4", "10.0.0.1:80", false},
		{"loopback is not every address", Options{AllowLoopback: true}, "tcp4", "0.0.0.0:80", false},
		{"network allowed", Options{AllowCIDRs: lan}, "tcp4", "10.1.2.3:80", true},
		{"mapped prefix allowed", Options{AllowCIDRs: lan}, "tcp4", "192.168.7.9:80", true},
		{"IPv6 network allowed", Options{AllowCIDRs: lan}, "tcp6", "[fd00:1::1]:80", true},
		{"its neighbour", Options{AllowCIDRs: lan}, "tcp4", "10.2.0.1:80", false},
		{"its loopback", Options{AllowCIDRs: lan}, "tcp4", "127.0.0.1:80", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := newGuard(tt.options).control(tt.network, tt.address, nil)
			if allowed := err == nil; allowed != tt.allowed {
				t.Errorf("allowed = %t, want %t: %v", allowed, tt.allowed, err)
			}
		})
	}
}

func TestRedirectToPrivateAddress(t *testing.T) {
	for _, target := range []string{"http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest/meta-data/"} {
		t.Run(target, func(t *testing.T) {
			server := httptest.NewServer(http.RedirectHandler(target, http.StatusFound))
			defer server.Close()
			_, err := newClient(t, Options{AllowLoopback: true}).Get(t.Context(), server.URL, 1)
			wantReason(t, err, "the address is private")
		})
	}
}

func TestNameServerThatChangesItsAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // the next download asks again
	}))
	defer server.Close()
	var moved atomic.Bool
	names := testkit.Names(t, func(string) []netip.Addr {
		if moved.Load() {
			return []netip.Addr{netip.MustParseAddr("192.168.0.1")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	client := newClient(t, Options{AllowLoopback: true, Resolver: names})
	url := strings.Replace(server.URL, "127.0.0.1", "rebind.test", 1)

	d, err := client.Get(t.Context(), url, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.Body.Close()
	client.Close()

	moved.Store(true)
	_, err = client.Get(t.Context(), url, 1)
	wantReason(t, err, "the address is private")
}

// One answer with a public and a private address: each is looked at by itself.
func TestNameWithSeveralAddresses(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	names := testkit.Names(t, func(string) []netip.Addr {
		return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("127.0.0.1")}
	})
	client := newClient(t, Options{AllowLoopback: true, Resolver: names})
	_, err := client.Get(t.Context(), strings.Replace(server.URL, "127.0.0.1", "mixed.test", 1), 1)
	wantReason(t, err, "HTTP 404")
}
