package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// networkSettings say where the server is reached, and whom it believes.
func networkSettings() []Setting {
	return []Setting{
		{Name: "listen", Default: "127.0.0.1:8080", Usage: "address to listen on, host:port", set: setListen},
		{Name: "public-url", Usage: "where clients reach the server; begins every link that is sent", set: setPublicURL},
		{Name: "tls-cert", Usage: "file of the TLS certificate and its chain, PEM; read again when it changes and on SIGHUP", set: setText(func(c *Config) *string { return &c.TLSCert })},
		{Name: "tls-key", Usage: "file of the certificate's key, PEM", set: setText(func(c *Config) *string { return &c.TLSKey })},
		{Name: "trusted-proxies", Usage: "networks of proxies whose X-Forwarded-For, -Proto and -Host count, such as 10.0.0.0/8,::1", List: true, set: setProxies},
		{Name: "allowed-origins", Usage: "origins whose web pages may use the API, such as https://app.example.com; * for all; in open mode pages of this machine always may", List: true, set: setOrigins},
		{Name: "metrics-listen", Usage: "address that serves /metrics, /healthz and /readyz, and nothing else, without a key", set: setMetricsListen},
		{Name: "stop-delay", Default: "0s", Usage: "how long the server goes on serving, while /readyz says that it is stopping, after a signal to stop", set: setStopDelay},
	}
}

func setListen(c *Config, v string) error {
	if err := checkAddress(v); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(v)
	if host != "" && host != "localhost" && net.ParseIP(host) == nil {
		return errors.New("the host must be an address of this machine, such as 127.0.0.1 or 0.0.0.0, or localhost")
	}
	c.Listen = v
	return nil
}

// Loopback says that only this machine can reach the server.
func (c Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
}

func setPublicURL(c *Config, v string) error {
	c.PublicURL, c.PublicOrigin = "", ""
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("must be an address such as https://docket.example.com")
	}
	c.PublicURL, c.PublicOrigin = strings.TrimRight(v, "/"), originOf(u)
	return nil
}

func setText(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		*field(c) = v
		return nil
	}
}

func setProxies(c *Config, v string) error {
	c.TrustedProxies = nil
	for _, item := range list(v) {
		prefix, err := netip.ParsePrefix(item)
		if address, ok := netip.ParseAddr(item); ok == nil && address.Zone() == "" {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no network: must be addresses or networks, such as 10.0.0.0/8,192.0.2.7", item)
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix.Masked())
	}
	return nil
}

func setOrigins(c *Config, v string) error {
	c.AllowedOrigins = nil
	for _, item := range list(v) {
		if item != "*" {
			u, err := url.Parse(item)
			if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || strings.ContainsAny(item, "*?#") || strings.Trim(u.Path, "/") != "" {
				return fmt.Errorf("%q is no origin: must be a scheme, a host, and a port where it is not the usual one, such as https://app.example.com, or * for all", item)
			}
			item = originOf(u)
		}
		c.AllowedOrigins = append(c.AllowedOrigins, item)
	}
	return nil
}

// originOf spells the origin of an address as browsers do: in lower case,
// without the port that is usual for the scheme.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			host = strings.TrimSuffix(host, port)
		}
	}
	return u.Scheme + "://" + host
}

func setMetricsListen(c *Config, v string) error {
	if v != "" {
		if err := checkAddress(v); err != nil {
			return err
		}
	}
	c.MetricsListen = v
	return nil
}

func setStopDelay(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 || d > 10*time.Minute {
		return errors.New("must be a time up to 10m, such as 5s")
	}
	c.StopDelay = d
	return nil
}

// checkAddress says what is wrong with an address to listen on.
func checkAddress(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("must be host:port, such as 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port must be a number from 0 to 65535")
	}
	return nil
}

// list splits a value at its commas.
func list(v string) []string {
	var items []string
	for item := range strings.SplitSeq(v, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
