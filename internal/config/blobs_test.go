package config_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/config"
)

func address(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestBlobs(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want config.Blobs
	}{
		{"nothing", nil, config.Blobs{Presign: config.PresignUploads}},
		{"a folder", map[string]string{"DOCKET_BLOBS": "/mnt/shared", "AWS_ACCESS_KEY_ID": "a"}, config.Blobs{Folder: "/mnt/shared", Presign: config.PresignUploads}},
		{"AWS", map[string]string{"DOCKET_BLOBS": "s3://docs", "DOCKET_S3_PRESIGN": "false"}, config.Blobs{Bucket: "docs", Presign: config.PresignNone}},
		{
			"MinIO", map[string]string{"DOCKET_BLOBS": "s3://docs/a/b/?endpoint=http://minio:9000&public_endpoint=https://files.example.com", "DOCKET_S3_ACCESS_KEY": "k", "DOCKET_S3_SECRET": "s\n", "DOCKET_S3_PRESIGN": "all"},
			config.Blobs{Bucket: "docs", Prefix: "a/b", Endpoint: address(t, "http://minio:9000"), PublicEndpoint: address(t, "https://files.example.com"), PathStyle: true, AccessKey: "k", Secret: "s", Presign: config.PresignAll},
		},
		{
			"Supabase", map[string]string{"DOCKET_BLOBS": "s3://docs?endpoint=https://ref.supabase.co/storage/v1/s3&region=eu-west-1&path_style=1", "DOCKET_S3_ACCESS_KEY": "k", "DOCKET_S3_SECRET": "s"},
			config.Blobs{Bucket: "docs", Endpoint: address(t, "https://ref.supabase.co/storage/v1/s3"), Region: "eu-west-1", PathStyle: true, AccessKey: "k", Secret: "s", Presign: config.PresignUploads},
		},
		{
			"variables of the AWS tools", map[string]string{"DOCKET_BLOBS": "s3://docs", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_DEFAULT_REGION": "eu-north-1", "AWS_ENDPOINT_URL": "https://s3.example.com"},
			config.Blobs{Bucket: "docs", Endpoint: address(t, "https://s3.example.com"), Region: "eu-north-1", PathStyle: true, AccessKey: "k", Secret: "s", Token: "t", Presign: config.PresignUploads},
		},
		{
			"ours before theirs", map[string]string{"DOCKET_BLOBS": "s3://docs?region=a&endpoint=https://s3.eu-west-1.amazonaws.com", "DOCKET_S3_ACCESS_KEY": "k", "DOCKET_S3_SECRET": "s", "AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": "t", "AWS_REGION": "b"},
			config.Blobs{Bucket: "docs", Endpoint: address(t, "https://s3.eu-west-1.amazonaws.com"), Region: "a", AccessKey: "k", Secret: "s", Presign: config.PresignUploads},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Load(nil, environment(test.env))
			if diff := cmp.Diff(test.want, c.Blobs); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestHalfAKeyAndKeysInAddresses(t *testing.T) {
	for _, env := range []map[string]string{
		{"DOCKET_BLOBS": "s3://docs", "DOCKET_S3_ACCESS_KEY": "k"},
		{"DOCKET_BLOBS": "s3://docs", "DOCKET_S3_SECRET": "sesame"},
		{"DOCKET_BLOBS": "s3://docs", "AWS_SECRET_ACCESS_KEY": "sesame"},
		{"DOCKET_BLOBS": "s3://k:sesame@docs"},
		{"DOCKET_BLOBS": "s3://docs", "AWS_ENDPOINT_URL": "localhost:9000"},
	} {
		_, err := config.Load(nil, environment(env))
		if err == nil || strings.Contains(err.Error(), "sesame") || (!strings.Contains(err.Error(), "DOCKET_S3") && !strings.Contains(err.Error(), "AWS_ENDPOINT_URL")) {
			t.Errorf("%v: %v", env, err)
		}
	}
}
