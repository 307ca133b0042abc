package notify

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docket/internal/job"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The example of the Standard Webhooks specification.
const (
	specID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	specSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	specTime      = 1614265330
	specBody      = `{"test": 2432232314}`
	specSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

// request is what a receiver got.
type request struct {
	header http.Header
	body   []byte
}

// receive starts a receiver that hands on what it gets and answers 200.
func receive(t *testing.T) (url string, got <-chan request) {
	t.Helper()
	requests := make(chan request, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		requests <- request{r.Header, body}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook?token=1", requests
}

func newWebhooks(t *testing.T, o WebhookOptions) *Webhooks {
	t.Helper()
	w := NewWebhooks(o)
	t.Cleanup(w.Close)
	return w
}

// contract H78, H81, H118
func TestWebhookOfTheSpecification(t *testing.T) {
	at := time.Unix(specTime, 0)
	url, got := receive(t)
	w := newWebhooks(t, WebhookOptions{UserAgent: "Docket/1.2.0", Now: func() time.Time { return at }})
	a := w.Send(t.Context(), Delivery{ID: specID, URL: url, Secrets: []string{specSecret}, Body: []byte(specBody), AllowLoopback: true})
	if !a.OK() || a.Status != http.StatusOK || !a.At.Equal(at) || a.Took <= 0 {
		t.Errorf("got %+v", a)
	}
	r := <-got
	if string(r.body) != specBody {
		t.Errorf("the body is %s", r.body)
	}
	// Only the headers of the standard, and what HTTP needs.
	want := http.Header{
		"Content-Type": {"application/json"}, "Content-Length": {"20"}, "User-Agent": {"Docket/1.2.0"},
		"Webhook-Id": {specID}, "Webhook-Timestamp": {"1614265330"}, "Webhook-Signature": {specSignature},
	}
	if diff := cmp.Diff(want, r.header); diff != "" {
		t.Error(diff)
	}
	remembered := map[string]string{
		"content-type": "application/json", "user-agent": "Docket/1.2.0",
		"webhook-id": specID, "webhook-timestamp": "1614265330", "webhook-signature": specSignature,
	}
	if diff := cmp.Diff(remembered, a.RequestHeaders); diff != "" {
		t.Error(diff)
	}
}

// While a secret is changed, receivers with either one accept.
func TestWebhookWithTwoSecrets(t *testing.T) {
	url, got := receive(t)
	secrets := []string{job.NewWebhookSecret(), job.NewWebhookSecret()}
	w := newWebhooks(t, WebhookOptions{})
	if a := w.Send(t.Context(), Delivery{ID: "evt_1", URL: url, Secrets: secrets, Body: []byte(`{}`), AllowLoopback: true}); !a.OK() {
		t.Fatal(a.Error)
	}
	r := <-got
	for i, secret := range append(secrets, job.NewWebhookSecret()) {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(r.body, r.header); (err == nil) != (i < len(secrets)) {
			t.Errorf("secret %d: %v", i, err)
		}
	}
}

// The id stays, the time is that of the attempt.
func TestWebhookSentAgain(t *testing.T) {
	url, got := receive(t)
	now := time.Unix(specTime, 0)
	w := newWebhooks(t, WebhookOptions{Now: func() time.Time { return now }})
	d := Delivery{ID: "evt_1", URL: url, Secrets: []string{specSecret}, Body: []byte(`{}`), AllowLoopback: true}
	w.Send(t.Context(), d)
	now = now.Add(time.Hour)
	w.Send(t.Context(), d)
	first, second := (<-got).header, (<-got).header
	if first.Get("Webhook-Id") != "evt_1" || second.Get("Webhook-Id") != "evt_1" {
		t.Errorf("ids %q and %q", first.Get("Webhook-Id"), second.Get("Webhook-Id"))
	}
	if second.Get("Webhook-Timestamp") != "1614268930" || first.Get("Webhook-Signature") == second.Get("Webhook-Signature") {
		t.Errorf("the second was not signed anew: %v", second)
	}
}

func TestWebhookSecretsThatCannotSign(t *testing.T) {
	w := newWebhooks(t, WebhookOptions{})
	for _, secrets := range [][]string{nil, {"whsec_%"}, {specSecret, "not base64!"}} {
		a := w.Send(t.Context(), Delivery{ID: "evt_1", URL: "http://127.0.0.1:1/", Secrets: secrets, AllowLoopback: true})
		if a.OK() || !a.Permanent || strings.Contains(a.Error, "base64") {
			t.Errorf("%q: %+v", secrets, a)
		}
	}
}
