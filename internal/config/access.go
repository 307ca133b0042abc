package config

import (
	"errors"
	"net/netip"
)

// accessSettings say who gets at what.
func accessSettings() []Setting {
	return []Setting{
		{Name: "private-networks", Usage: "private networks that documents may be fetched from and webhooks sent to, such as 10.1.0.0/16,192.168.7.0/24", List: true, set: setPrivateNetworks},
		{Name: "foreign-jobs", Default: "403", Usage: "answer for a job of another account: 403 says so, 404 hides that it exists", set: setForeignJobs},
	}
}

func setPrivateNetworks(c *Config, v string) error {
	c.PrivateNetworks = nil
	for _, item := range list(v) {
		p, err := netip.ParsePrefix(item)
		if err != nil || p != p.Masked() {
			return errors.New("must be networks such as 10.1.0.0/16, with commas between them")
		}
		c.PrivateNetworks = append(c.PrivateNetworks, p)
	}
	return nil
}

func setForeignJobs(c *Config, v string) error {
	if v != "403" && v != "404" {
		return errors.New("must be 403 or 404")
	}
	c.HideForeign = v == "404"
	return nil
}
