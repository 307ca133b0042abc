package account_test

import (
	"strings"
	"testing"
	"time"

	"docket/internal/account"
)

func TestSecrets(t *testing.T) {
	seen := map[account.Secret]bool{}
	for range 1000 {
		s := account.NewSecret()
		if parsed, err := account.ParseSecret(string(s)); err != nil || parsed != s || seen[s] {
			t.Fatalf("%s: %v", s, err)
		}
		seen[s] = true
	}
	good := string(account.NewSecret())
	for _, bad := range []string{"", "docket_", "your-api-key", good[1:], good + "0", good[:len(good)-1], strings.ToUpper(good), good[:20] + " " + good[21:], good[:20] + "é" + good[22:], "socket_" + good[7:]} {
		if _, err := account.ParseSecret(bad); err == nil || strings.Contains(err.Error(), good[7:30]) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// One wrong letter is always found, and so are two that changed places.
	for i := 7; i < len(good); i++ {
		other := "0"
		if good[i] == '0' {
			other = "1"
		}
		if _, err := account.ParseSecret(good[:i] + other + good[i+1:]); err == nil {
			t.Errorf("letter %d is wrong and that is not seen", i)
		}
	}
}

func TestKeysEnd(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first, second, third := account.NewSecret(), account.NewSecret(), account.NewSecret()
	sum := func(s account.Secret) account.Sum {
		shown, ok := account.SumOf(string(s))
		if kept, has := s.Stored().Sum(); !ok || !has || kept != shown {
			t.Errorf("a secret has the sum %x, and is kept with %x", shown, kept)
		}
		return shown
	}
	k := account.Key{Secret: first.Stored(), CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	if !k.Opens(sum(first), now) || k.Opens(sum(second), now) || k.Opens(account.Sum{}, now) {
		t.Error("the secret of a key opens it, and no other")
	}
	if k.State(now) != account.Active || k.State(now.Add(time.Hour-1)) != account.Active || k.State(now.Add(time.Hour)) != account.Expired {
		t.Error("a key is good until it expires")
	}
	k = k.Rotate(second, now, time.Minute)
	if !k.Opens(sum(first), now.Add(time.Minute-1)) || k.Opens(sum(first), now.Add(time.Minute)) || !k.Opens(sum(second), now.Add(time.Minute)) {
		t.Error("the old secret is good for the overlap")
	}
	k = k.Rotate(third, now, 0)
	if k.Opens(sum(first), now) || k.Opens(sum(second), now) || !k.Opens(sum(third), now) {
		t.Error("without an overlap the old secrets end at once")
	}
	revoked := k.Revoke(now)
	if revoked.State(now) != account.Revoked || revoked.Revoke(now.Add(time.Hour)).RevokedAt != now {
		t.Error("a key is revoked once and for good")
	}
}

// What is no secret has no sum, and neither has a secret that was never made.
func TestSumsAreOfSecrets(t *testing.T) {
	good := string(account.NewSecret())
	for _, text := range []string{"", good[1:], good + "0"} {
		if _, ok := account.SumOf(text); ok {
			t.Errorf("%d bytes have a sum", len(text))
		}
	}
	for _, kept := range []account.Stored{{}, {Prefix: "docket_1", Hash: "00ff"}, {Hash: strings.Repeat("x", 64)}} {
		if _, ok := kept.Sum(); ok {
			t.Errorf("%+v has a sum", kept)
		}
	}
}

func TestScopes(t *testing.T) {
	for _, c := range []struct {
		names string
		want  string
		has   account.Scopes
		lacks account.Scopes
	}{
		{"read", "read", account.Read, account.Write},
		{"write, read", "read,write", account.Read | account.Write, account.Admin},
		{"admin", "admin", account.Read | account.Write | account.Admin, 0},
	} {
		s, err := account.ParseScopes(strings.Split(c.names, ","))
		if err != nil || s.String() != c.want || !s.Has(c.has) || (c.lacks != 0 && s.Has(c.lacks)) {
			t.Errorf("%q: %s, %v", c.names, s, err)
		}
	}
	for _, bad := range []string{"", "root", "Read", "read,,write"} {
		if _, err := account.ParseScopes(strings.Split(bad, ",")); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestNames(t *testing.T) {
	for id, want := range map[string]bool{"local": true, "acme-1.test_x": true, "0": true, "": false, "-a": false, "A": false, "a b": false, "a\n": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false} {
		if account.ValidID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add(string(account.NewSecret()))
	f.Add("docket_")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := account.ParseSecret(text)
		if err == nil && (string(s) != text || len(s.Stored().Hash) != 64 || !strings.HasPrefix(text, s.Stored().Prefix)) {
			t.Errorf("%q is read as %q", text, s)
		}
		_ = account.Secret(text).Stored()
	})
}
