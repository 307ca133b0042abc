package blob

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/signer"
)

// pathTransport is for servers below a path of their host, as Supabase's is:
// the client knows only hosts, so the path is put before that of the request,
// which is signed anew.
type pathTransport struct {
	path   string // without a slash at its end
	region string
	keys   *credentials.Credentials
	next   http.RoundTripper
}

// RoundTrip sends the request below the path.
func (t *pathTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	keys, err := t.keys.GetWithContext(nil)
	if err != nil {
		return nil, err
	}
	moved := r.Clone(r.Context())
	below(moved.URL, t.path)
	moved.Header.Del("Authorization")
	if keys.SignerType.IsV4() {
		moved = signer.SignV4(*moved, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, t.region)
	}
	return t.next.RoundTrip(moved)
}

// below puts a path before that of an address.
func below(u *url.URL, path string) {
	if u.RawPath != "" {
		u.RawPath = path + u.RawPath
	}
	u.Path = path + u.Path
}

// presignBelow signs the address of an object anew, below a path.
func presignBelow(u *url.URL, path, method, region string, header http.Header, keys credentials.Value, life time.Duration) *url.URL {
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "X-Amz-") {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	below(u, path)
	r := http.Request{Method: method, URL: u, Host: u.Host, Header: header.Clone()}
	return signer.PreSignV4(r, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, region, int64(life.Seconds())).URL
}
