package config_test

import (
	"strings"
	"testing"

	"docket/internal/config"
)

// Where traces go is said by the flag or by OpenTelemetry's own variables, and
// what it would pass over in silence is told.
func TestTraceEndpoint(t *testing.T) {
	const general, own = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	type env = map[string]string
	for name, test := range map[string]struct {
		flag string
		env  env
		want string
		says string // or what is wrong
	}{
		"off":             {},
		"flag":            {flag: "http://127.0.0.1:4318", want: "http://127.0.0.1:4318/v1/traces"},
		"flag with path":  {flag: "https://otlp.example.com/otlp/", want: "https://otlp.example.com/otlp/v1/traces"},
		"flag whole":      {flag: "http://[::1]:4318/v1/traces", want: "http://[::1]:4318/v1/traces"},
		"variable":        {env: env{general: "http://c:4318/"}, want: "http://c:4318/v1/traces"},
		"of traces":       {env: env{general: "http://c:4318", own: "http://d:1/x"}, want: "http://d:1/x"},
		"flag first":      {flag: "http://a", env: env{own: "http://d:1/x"}, want: "http://a/v1/traces"},
		"none":            {flag: "none", env: env{general: "http://c:4318", "OTEL_TRACES_SAMPLER": "nonsense"}},
		"disabled":        {env: env{general: "http://c:4318", "OTEL_SDK_DISABLED": "True"}},
		"no exporter":     {env: env{general: "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}},
		"sampler alone":   {env: env{"OTEL_TRACES_SAMPLER": "nonsense"}},
		"sampled":         {flag: "http://a", env: env{"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"}, want: "http://a/v1/traces"},
		"headers":         {flag: "http://a", env: env{"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x==, x-scope=1"}, want: "http://a/v1/traces"},
		"protocol":        {flag: "http://a", env: env{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, want: "http://a/v1/traces"},
		"no scheme":       {flag: "127.0.0.1:4318", says: "--trace-endpoint"},
		"other scheme":    {flag: "grpc://a:4317", says: "must be an address"},
		"key in it":       {flag: "https://a/?key=x", says: "OTEL_EXPORTER_OTLP_HEADERS"},
		"wrong variable":  {env: env{general: "https://user:hidden-key@c"}, says: general},
		"grpc":            {env: env{general: "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, says: "must be http/protobuf"},
		"wrong sampler":   {flag: "http://a", env: env{"OTEL_TRACES_SAMPLER": "sometimes"}, says: "parentbased_always_on"},
		"wrong share":     {flag: "http://a", env: env{"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "25%"}, says: "from 0 to 1"},
		"share too large": {flag: "http://a", env: env{"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "25"}, says: "from 0 to 1"},
		"share no number": {flag: "http://a", env: env{"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "NaN"}, says: "from 0 to 1"},
		"no header":       {flag: "http://a", env: env{"OTEL_EXPORTER_OTLP_HEADERS": "Bearer hidden-key"}, says: "OTEL_EXPORTER_OTLP_HEADERS"},
		"encoded wrong":   {flag: "http://a", env: env{"OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=%zz-hidden-key"}, says: "OTEL_EXPORTER_OTLP_TRACES_HEADERS"},
	} {
		flags := env{}
		if test.flag != "" {
			flags["trace-endpoint"] = test.flag
		}
		c, err := config.Load(flags, environment(test.env))
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || c.Trace.Endpoint != test.want {
			t.Errorf("%s: %q, %v, want %q", name, c.Trace.Endpoint, err, test.want)
		}
	}
}
