package app_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"docket/internal/testkit"
)

// certify writes a certificate of a name and its key into the folder.
func certify(t *testing.T, folder, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// name is that of the certificate which the server shows.
func (s *server) name() string {
	s.t.Helper()
	conn, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.url, "https://"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()                                                //nolint:errcheck // nothing was sent
	client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // it is the name that is looked at
	if err := client.HandshakeContext(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return client.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// await waits for what the server does by itself.
func (s *server) await(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !holds(); s.pause() {
		if time.Now().After(end) {
			s.t.Fatalf("%s: not within %v\n%s", what, patience, s.stderr)
		}
	}
}

// contract J30
func TestTLS(t *testing.T) {
	folder := t.TempDir()
	cert, key := certify(t, folder, "first")
	s := serve(t, dataFolder(t), "--workers", "0", "--tls-cert", cert, "--tls-key", key)
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("it listens on %s", s.url)
	}
	if got := s.name(); got != "first" {
		t.Errorf("it shows %s", got)
	}
	trusted := x509.NewCertPool()
	if pem, err := os.ReadFile(cert); err != nil || !trusted.AppendCertsFromPEM(pem) {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	s.client = client
	a := s.send("/v2/parse/upload", map[string]string{"file_name": "a.pdf"})
	if address := a.json(t)["upload_url"].(string); a.ProtoMajor != 2 || !strings.HasPrefix(address, s.url+"/uploads/") {
		t.Errorf("over HTTP/%d the link is %s", a.ProtoMajor, address)
	}
	certify(t, folder, "second")
	s.await("the changed files are read", func() bool { return s.name() == "second" })
	if err := os.WriteFile(key, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.await("the fault is told", func() bool { return strings.Contains(s.stderr.String(), "the old one stays in use") })
	certify(t, folder, "third")
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.await("SIGHUP is heard", func() bool { return s.name() == "third" })
	s.stop()
}

func TestTLSFilesThatCannotBeUsed(t *testing.T) {
	folder := t.TempDir()
	cert, key := certify(t, folder, "one")
	other, _ := certify(t, t.TempDir(), "other")
	rubbish := filepath.Join(folder, "rubbish.pem")
	if err := os.WriteFile(rubbish, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, says string
		flags      []string
	}{
		{"no key", "give both, or neither", []string{"--tls-cert", cert}},
		{"no file", "no such file", []string{"--tls-cert", cert + "x", "--tls-key", key}},
		{"no PEM", "failed to find any PEM data", []string{"--tls-cert", rubbish, "--tls-key", key}},
		{"another's key", "does not match", []string{"--tls-cert", other, "--tls-key", key}},
		{"taken", "--metrics-listen", []string{"--metrics-listen", "192.0.2.1:1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := command(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, test.flags...)...)
			var said bytes.Buffer
			c.Stderr = &said
			if err := c.Run(); err == nil || !strings.Contains(said.String(), test.says) {
				t.Errorf("ended with %v and said %q", err, said.String())
			}
		})
	}
}

// Every link begins with --public-url, whatever name the client used.
// contract J30
func TestPublicURLBeginsEveryLink(t *testing.T) {
	hook := listen(t)
	const public = "https://docs.example.com/docket"
	s := serve(t, dataFolder(t), "--public-url", public+"/")
	a := s.post("/jobs", part{name: "operation", content: "split"}, part{name: "parameters", content: `{"categories":[{"name":"letter"}]}`},
		part{"file", "a.pdf", string(testkit.PDF("A letter."))}, part{name: "webhook_url", content: hook.URL})
	id := a.json(t)["job_id"].(string)
	split := s.wait(id)
	told := hook.got(s, 3)[2].body
	parsed := s.submit("a.pdf", testkit.PDF("One."))
	s.wait(parsed)
	result := s.get("/jobs/" + id + "/result").json(t)
	for what, link := range map[string]any{
		"Location":   a.Header.Get("Location"),
		"pdf_url":    s.get("/parse/" + parsed).json(t)["pdf_url"],
		"upload_url": s.send("/v2/parse/upload", map[string]string{"file_name": "a.pdf"}).json(t)["upload_url"],
		"result_url": told["result_url"],
		"split file": at(result, "files", 0, "full_path"),
		"told file":  at(told, "result", "files", 0, "full_path"),
	} {
		if text, _ := link.(string); !strings.HasPrefix(text, public+"/") {
			t.Errorf("%s is %v (%v, %v)", what, link, split, result)
		}
	}
}
