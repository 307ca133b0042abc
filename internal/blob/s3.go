package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"docket/internal/job"
	"docket/internal/store"
)

// Presign says what clients may do with the bucket themselves, by addresses
// that are signed for one object and a short time.
type Presign int

// What clients may do.
const (
	PresignNone    Presign = iota // every byte passes through this server
	PresignUploads                // send the documents of /v2/parse/upload
	PresignAll                    // and fetch large documents and results
)

// S3 says which bucket is used, and how.
type S3 struct {
	Bucket, Prefix string   // the prefix has no slash at its ends
	Endpoint       *url.URL // nil: that of AWS
	PublicEndpoint *url.URL // under which clients reach the same server; nil: as we do
	Region         string   // empty: the server is asked, on AWS
	PathStyle      bool     // the bucket is part of the path and not of the host's name

	AccessKey, Secret, Token string // empty: what the machine offers to AWS clients

	Presign Presign
	// DataFolder is where the database is, if it is on this machine: it needs
	// room although the blobs do not.
	DataFolder string
}

// String is s3://bucket/prefix.
func (o S3) String() string { return strings.TrimSuffix("s3://"+o.Bucket+"/"+o.Prefix, "/") }

// Times within which an answer is awaited, and how often it is asked for.
const (
	connectTime = 5 * time.Second
	briefTime   = 20 * time.Second // for a request of a few bytes, with its tries
	partTime    = time.Minute      // for a part, with its tries
	copyTime    = 10 * time.Minute // which the server makes, of up to 5 GB
	probeTime   = 3 * time.Second
	tries       = 3
)

// defaultRegion is that of servers that have none.
const defaultRegion = "us-east-1"

// s3Driver keeps blobs as objects of a bucket. An object is there whole or not
// at all, so that nothing is to be moved into its place.
type s3Driver struct {
	options S3
	core    *minio.Core
	public  *minio.Client // that signs what clients use
	keys    *credentials.Credentials

	away   atomic.Bool  // the last answer did not come
	asked  atomic.Int64 // when it was last asked whether it is back, in ns
	denied atomic.Bool  // the last write was refused
}

// OpenS3 uses the bucket for large blobs and the database for small ones. The
// bucket is asked for everything that is needed of it; the error says what is
// wrong with it, and what to do.
func OpenS3(ctx context.Context, o S3, db *store.Store) (*Store, error) {
	d, err := newS3(o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o, err)
	}
	if err := d.check(ctx); err != nil {
		return nil, err
	}
	return &Store{driver: d, bucket: d, db: db}, nil
}

// Elsewhere stands for a bucket that is not asked for anything: only what is
// in the database can be had.
func Elsewhere(o S3, db *store.Store) (*Store, error) {
	d, err := newS3(o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o, err)
	}
	return &Store{driver: d, bucket: d, db: db}, nil
}

func newS3(o S3) (*s3Driver, error) {
	d := &s3Driver{options: o, keys: o.credentials()}
	endpoint := o.Endpoint
	if endpoint == nil {
		endpoint = &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	}
	client, err := d.client(endpoint)
	if err != nil {
		return nil, err
	}
	d.core, d.public = &minio.Core{Client: client}, client
	if o.PublicEndpoint != nil {
		if d.public, err = d.client(o.PublicEndpoint); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// client makes one for a server. Its name may be followed by a path, which
// belongs to what is signed.
func (d *s3Driver) client(endpoint *url.URL) (*minio.Client, error) {
	lookup := minio.BucketLookupDNS
	if d.options.PathStyle {
		lookup = minio.BucketLookupPath
	}
	region := d.options.Region
	if region == "" && d.options.Endpoint != nil {
		region = defaultRegion
	}
	var transport http.RoundTripper = newTransport()
	if path := strings.TrimSuffix(endpoint.Path, "/"); path != "" {
		transport = &pathTransport{path: path, region: region, keys: d.keys, next: transport}
	}
	return minio.New(endpoint.Host, &minio.Options{
		Creds: d.keys, Secure: endpoint.Scheme == "https", Region: region, BucketLookup: lookup, Transport: transport, MaxRetries: tries,
	})
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTime, KeepAlive: briefTime}).DialContext,
		TLSHandshakeTimeout:   connectTime,
		ExpectContinueTimeout: connectTime,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       time.Minute,
		DisableCompression:    true, // what is stored compressed is read as it is
	}
}

// credentials are those that were given, or what AWS gives to a machine.
func (o S3) credentials() *credentials.Credentials {
	if o.AccessKey != "" {
		return credentials.NewStaticV4(o.AccessKey, o.Secret, o.Token)
	}
	chain := []credentials.Provider{&credentials.FileAWSCredentials{}}
	if o.Endpoint == nil {
		chain = append(chain, &credentials.IAM{})
	}
	return credentials.NewChainCredentials(chain)
}

// key is the name of a blob's object.
func (d *s3Driver) key(name string) string {
	if d.options.Prefix == "" {
		return name
	}
	return d.options.Prefix + "/" + name
}

// name is the blob whose object has the key.
func (d *s3Driver) name(key string) string { return strings.TrimPrefix(key, d.key("")) }

func (d *s3Driver) place() string { return d.options.String() }

// free is that of the disk of the database: a bucket that is full says so when
// it is written to.
func (d *s3Driver) free() (int64, error) {
	if d.options.DataFolder == "" {
		return math.MaxInt64, nil
	}
	return free(d.options.DataFolder)
}

// put writes a small object.
func (d *s3Driver) put(ctx context.Context, name string, content []byte) error {
	ctx, cancel := context.WithTimeout(ctx, partTime)
	defer cancel()
	_, err := d.core.PutObject(ctx, d.options.Bucket, d.key(name), bytes.NewReader(content), int64(len(content)), "", sum(content), minio.PutObjectOptions{
		ContentType: objectType, DisableContentSha256: true,
	})
	return d.wrote(err)
}

// copy is made by the server.
func (d *s3Driver) copy(ctx context.Context, from, to string) error {
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	_, err := d.core.Client.CopyObject(ctx,
		minio.CopyDestOptions{Bucket: d.options.Bucket, Object: d.key(to)},
		minio.CopySrcOptions{Bucket: d.options.Bucket, Object: d.key(from)})
	if gone(err) {
		return job.Errorf(job.ResultGone, nil, "no blob %s", from)
	}
	return d.wrote(err)
}

func (d *s3Driver) remove(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), briefTime)
	defer cancel()
	err := d.core.RemoveObject(ctx, d.options.Bucket, d.key(name), minio.RemoveObjectOptions{})
	if err != nil && !gone(err) {
		return fmt.Errorf("remove blob %s: %w", name, d.failed(err))
	}
	d.away.Store(false)
	return nil
}

func (d *s3Driver) removeAll(folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), copyTime)
	defer cancel()
	blobs, err := d.under(ctx, folder)
	if err != nil {
		return err
	}
	for _, b := range blobs {
		if err := d.remove(b.Blob); err != nil {
			return err
		}
	}
	return nil
}

// reachable asks a server that did not answer, at most once a second, whether
// it does now.
func (d *s3Driver) reachable(ctx context.Context) bool {
	if !d.away.Load() {
		return true
	}
	now, asked := time.Now().UnixNano(), d.asked.Load()
	if now-asked < int64(time.Second) || !d.asked.CompareAndSwap(asked, now) {
		return false
	}
	return d.ask(ctx) == nil
}

// ask lists one object, which costs little and needs an answer.
func (d *s3Driver) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	for o := range d.core.ListObjectsIter(ctx, d.options.Bucket, minio.ListObjectsOptions{Prefix: d.key(markers + "/"), Recursive: true, MaxKeys: 1}) {
		if o.Err != nil {
			return d.failed(o.Err)
		}
		break
	}
	if ctx.Err() != nil { // then the list ends without a word
		return d.failed(context.Cause(ctx))
	}
	d.away.Store(false)
	return nil
}

// probe writes only when the last write was refused: it is called often.
func (d *s3Driver) probe() error {
	if err := d.ask(context.Background()); err != nil || !d.denied.Load() {
		return err
	}
	name := probeName()
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	if err := d.put(ctx, name, []byte("probe")); err != nil {
		return err
	}
	return d.remove(name)
}

// probeName is new each time: nodes probe at the same time.
func probeName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return "probe/" + hex.EncodeToString(b[:])
}
