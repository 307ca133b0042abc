package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Blobs says where documents and results are kept that are too large for the
// database: in a folder, or in a bucket of an S3 server.
type Blobs struct {
	Folder string // empty: one in the data folder, unless there is a bucket

	Bucket         string
	Prefix         string   // of the names in the bucket, without slashes at its ends
	Endpoint       *url.URL // of the server; nil: AWS
	PublicEndpoint *url.URL // under which clients reach it; nil: as we do
	Region         string   // empty: the server is asked
	PathStyle      bool     // the bucket is in the path and not in the host name
	AccessKey      string   // empty: what the machine offers to AWS clients
	Secret         string
	Token          string  // of a key that holds for a while
	Presign        Presign // what clients may do with the bucket themselves
}

// Presign says which requests clients send to the bucket themselves.
type Presign string

// What clients may do.
const (
	PresignNone    Presign = "none"
	PresignUploads Presign = "uploads" // of /v2/parse/upload
	PresignAll     Presign = "all"     // and downloads
)

func blobSettings() []Setting {
	return []Setting{
		{Name: "blobs", Shown: "`blobs` in the data folder", Usage: "where documents and results over 64 KiB are kept: a folder, or s3://bucket/prefix?endpoint=https://host&region=name&path_style=1", Secret: true, set: setBlobs},
		{Name: "s3-access-key", Usage: "access key of the bucket; without it AWS_ACCESS_KEY_ID, the file of the AWS tools, or the role of the machine", set: setS3AccessKey},
		{Name: "s3-secret", Usage: "secret of that access key; set the variable rather than the flag, which other users of this machine can see; without it AWS_SECRET_ACCESS_KEY", Secret: true, set: setS3Secret},
		{Name: "s3-presign", Default: string(PresignUploads), Usage: "what clients send to the bucket themselves, by signed addresses: uploads (the documents of /v2/parse/upload), all (and downloads over 1 MiB), or none", set: setS3Presign},
	}
}

// isBucket says that a name is one that AWS allows.
func isBucket(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return len(name) >= 3 && len(name) <= 63 && strings.Trim(name, letters+"-.") == "" &&
		strings.Contains(letters, name[:1]) && strings.Contains(letters, name[len(name)-1:]) && !strings.Contains(name, "..")
}

func setBlobs(c *Config, v string) error {
	scheme, rest, isURL := strings.Cut(v, "://")
	if !isURL {
		if v != "" && strings.TrimSpace(v) == "" {
			return errors.New("must name a folder or a bucket")
		}
		c.Blobs.Folder = v
		return nil
	}
	if scheme != "s3" {
		return errors.New("must be a folder or s3://bucket/prefix?endpoint=https://host")
	}
	u, err := url.Parse("s3://" + rest)
	if err != nil {
		return errors.New("must be s3://bucket/prefix?endpoint=https://host; a & in it must be quoted in a shell")
	}
	if u.User != nil {
		return errors.New("must not have a key in it: set DOCKET_S3_ACCESS_KEY and DOCKET_S3_SECRET")
	}
	if !isBucket(u.Host) || u.Fragment != "" {
		return fmt.Errorf("%q is no name of a bucket: 3 to 63 small letters, digits, hyphens and dots", u.Host)
	}
	c.Blobs.Bucket, c.Blobs.Prefix = u.Host, strings.Trim(u.Path, "/")
	for part := range strings.SplitSeq(c.Blobs.Prefix, "/") {
		if (part == "" && c.Blobs.Prefix != "") || part == "." || part == ".." {
			return fmt.Errorf("the prefix %q has an empty part, or one of dots", c.Blobs.Prefix)
		}
	}
	return c.Blobs.query(u.RawQuery)
}

// query reads what follows the question mark.
func (b *Blobs) query(raw string) error {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return errors.New("must have endpoint=, region=, path_style= and public_endpoint= after the ?, with & between")
	}
	for name, values := range q {
		if !slices.Contains([]string{"endpoint", "public_endpoint", "region", "path_style"}, name) {
			return fmt.Errorf("there is no %q; there are endpoint, region, path_style and public_endpoint", name)
		}
		if len(values) > 1 {
			return fmt.Errorf("%s is given twice", name)
		}
	}
	if b.Endpoint, err = endpoint(q.Get("endpoint")); err != nil {
		return fmt.Errorf("endpoint: %w", err)
	}
	if b.PublicEndpoint, err = endpoint(q.Get("public_endpoint")); err != nil {
		return fmt.Errorf("public_endpoint: %w", err)
	}
	b.Region = q.Get("region")
	b.PathStyle = b.Endpoint != nil && !strings.HasSuffix(b.Endpoint.Hostname(), ".amazonaws.com")
	if v := q.Get("path_style"); v != "" {
		if b.PathStyle, err = strconv.ParseBool(v); err != nil {
			return errors.New("path_style: must be 1 or 0")
		}
	}
	if !b.PathStyle && b.Endpoint != nil && strings.Trim(b.Endpoint.Path, "/") != "" {
		return errors.New("path_style: must be 1 for an endpoint with a path")
	}
	return nil
}

// endpoint reads the address of a server; nil when it is empty.
func endpoint(v string) (*url.URL, error) {
	if v == "" {
		return nil, nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("must be http://host:port or https://host")
	}
	return u, nil
}

func setS3AccessKey(c *Config, v string) error {
	c.Blobs.AccessKey = strings.TrimSpace(v)
	return nil
}

func setS3Secret(c *Config, v string) error {
	c.Blobs.Secret = strings.TrimSpace(v)
	return nil
}

func setS3Presign(c *Config, v string) error {
	switch strings.ToLower(v) {
	case "none", "false", "0":
		c.Blobs.Presign = PresignNone
	case "uploads":
		c.Blobs.Presign = PresignUploads
	case "all", "true", "1":
		c.Blobs.Presign = PresignAll
	default:
		return errors.New("must be uploads, all or none")
	}
	return nil
}

// fromAWS takes what was not given from the variables of the AWS tools.
func (b *Blobs) fromAWS(lookupEnv func(string) (string, bool)) error {
	if b.Bucket == "" {
		return nil
	}
	variable := func(names ...string) string {
		for _, name := range names {
			if v, _ := lookupEnv(name); v != "" {
				return v
			}
		}
		return ""
	}
	if b.AccessKey == "" && b.Secret == "" {
		b.AccessKey, b.Secret, b.Token = variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")
	}
	if b.Region == "" {
		b.Region = variable("AWS_REGION", "AWS_DEFAULT_REGION")
	}
	if b.Endpoint == nil {
		u, err := endpoint(variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))
		if err != nil {
			return fmt.Errorf("AWS_ENDPOINT_URL: %w", err)
		}
		b.Endpoint, b.PathStyle = u, u != nil || b.PathStyle
	}
	if (b.AccessKey == "") != (b.Secret == "") {
		return errors.New("the access key of the bucket and its secret: give both (DOCKET_S3_ACCESS_KEY and DOCKET_S3_SECRET), or neither")
	}
	return nil
}
