package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Trace says where traces are sent; nowhere while Endpoint is empty. How they
// are sampled, whose they are and with which headers they are sent is said by
// OpenTelemetry's own variables alone.
type Trace struct {
	Endpoint string // of OTLP over HTTP, with its path
	Off      bool   // also when OpenTelemetry's own variables name one
}

// tracesPath is where a collector takes traces.
const tracesPath = "/v1/traces"

func traceSettings() []Setting {
	return []Setting{
		{Name: "trace-endpoint", Usage: "collector that traces are sent to by OTLP over HTTP, such as http://127.0.0.1:4318; none for none, even when OTEL_EXPORTER_OTLP_ENDPOINT names one", set: setTraceEndpoint},
	}
}

func setTraceEndpoint(c *Config, v string) error {
	c.Trace = Trace{Off: v == "none"}
	if v == "" || v == "none" {
		return nil
	}
	u, err := collector(v)
	if err != nil {
		return err
	}
	c.Trace.Endpoint = withTracesPath(u)
	return nil
}

// collector reads the address of one.
func collector(v string) (*url.URL, error) {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("must be an address such as http://127.0.0.1:4318, or none; a key goes into OTEL_EXPORTER_OTLP_HEADERS")
	}
	return u, nil
}

// withTracesPath adds the path, as every client of OTLP does to the address of
// a collector, unless it is there.
func withTracesPath(u *url.URL) string {
	text := strings.TrimRight(u.String(), "/")
	if strings.HasSuffix(text, tracesPath) {
		return text
	}
	return text + tracesPath
}

// fromOTel takes what was not given from OpenTelemetry's variables, and looks
// at those that it would otherwise pass over in silence.
func (t *Trace) fromOTel(lookupEnv func(string) (string, bool)) error {
	variable := func(name string) string {
		v, _ := lookupEnv(name)
		return strings.TrimSpace(v)
	}
	if t.Off {
		return nil
	}
	if t.Endpoint == "" {
		if strings.EqualFold(variable("OTEL_SDK_DISABLED"), "true") || variable("OTEL_TRACES_EXPORTER") == "none" {
			return nil
		}
		if err := t.endpointFrom(variable); err != nil || t.Endpoint == "" {
			return err
		}
	}
	return errors.Join(checkProtocol(variable), checkSampler(variable), checkHeaders(variable))
}

// endpointFrom takes the address for traces as it is, or that of the collector.
func (t *Trace) endpointFrom(variable func(string) string) error {
	const own, general = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"
	for _, name := range []string{own, general} {
		v := variable(name)
		if v == "" {
			continue
		}
		u, err := collector(v)
		if err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
		if t.Endpoint = v; name == general {
			t.Endpoint = withTracesPath(u)
		}
		return nil
	}
	return nil
}

// checkProtocol refuses what is spoken at another port.
func checkProtocol(variable func(string) string) error {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		switch v := variable(name); v {
		case "":
			continue
		case "http/protobuf":
			return nil
		default:
			return fmt.Errorf("%s %q: must be http/protobuf, which collectors take at port 4318; --trace-endpoint none sends no traces", name, v)
		}
	}
	return nil
}

// checkSampler looks at which share of traces is kept.
func checkSampler(variable func(string) string) error {
	names := []string{"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}
	sampler, share := variable("OTEL_TRACES_SAMPLER"), variable("OTEL_TRACES_SAMPLER_ARG")
	if sampler != "" && !slices.Contains(names, strings.ToLower(sampler)) {
		return fmt.Errorf("OTEL_TRACES_SAMPLER %q: must be one of %s", sampler, strings.Join(names, ", "))
	}
	if share == "" || !strings.HasSuffix(strings.ToLower(sampler), "traceidratio") {
		return nil
	}
	if f, err := strconv.ParseFloat(share, 64); err != nil || !(f >= 0 && f <= 1) {
		return fmt.Errorf("OTEL_TRACES_SAMPLER_ARG %q: must be the share of traces that is kept, from 0 to 1, such as 0.1", share)
	}
	return nil
}

// checkHeaders says which variable is wrong, and never repeats a key.
func checkHeaders(variable func(string) string) error {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"} {
		v := variable(name)
		if v == "" {
			continue
		}
		for pair := range strings.SplitSeq(v, ",") {
			header, value, ok := strings.Cut(pair, "=")
			if _, err := url.PathUnescape(strings.TrimSpace(value)); !ok || err != nil || !isKey(strings.TrimSpace(header)) || strings.TrimSpace(header) == "" {
				return fmt.Errorf("%s: must be header=value, with commas between several, and %%20 for a space", name)
			}
		}
	}
	return nil
}
