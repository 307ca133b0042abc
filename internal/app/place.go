package app

import (
	"fmt"

	"github.com/spf13/pflag"

	"docket/internal/cli"
	"docket/internal/config"
)

// place is where a command finds the server: its data folder, through which a
// server that runs on this machine is told at once, and its database.
type place struct{ data, database string }

func (p *place) flags(set *pflag.FlagSet) {
	set.StringVar(&p.data, "data", "", "data folder of the server (DOCKET_DATA, or that of DOCKET_CONFIG; ./data); a running server is told at once")
	set.StringVar(&p.database, "database", "", "PostgreSQL of the server, when it has one (DOCKET_DATABASE, or that of DOCKET_CONFIG)")
}

// settings are what the flags, the environment, the configuration file or the
// defaults say of the place; other settings are the server's.
func (p *place) settings(lookupEnv func(string) (string, bool)) (config.Config, error) {
	given := map[string]string{}
	if p.data != "" {
		given["data"] = p.data
	}
	if p.database != "" {
		given["database"] = p.database
	}
	cfg, err := config.Load(given, func(name string) (string, bool) {
		if name != "DOCKET_DATA" && name != "DOCKET_DATABASE" && name != config.FileEnv {
			return "", false
		}
		return lookupEnv(name)
	})
	if err != nil {
		return cfg, fmt.Errorf("%w: %w", cli.ErrUsage, err)
	}
	return cfg, nil
}
