package config

import (
	"errors"
	"fmt"
)

// File names the configuration file, as the flag --config and, after DOCKET_,
// as a variable. It is no setting: a file cannot name another.
const (
	FileFlag = "config"
	FileEnv  = "DOCKET_CONFIG"
)

// Load makes the configuration from the defaults, the file, the environment,
// and the flags that were given, each over the one before. flags may name the
// file under FileFlag. The error names everything that is wrong.
func Load(flags map[string]string, lookupEnv func(string) (string, bool)) (Config, error) {
	file, errs := fileValues(flags, lookupEnv)
	var c Config
	for _, s := range Settings() {
		value, from := s.Default, "default"
		if v, ok := file[s.Name]; ok {
			value, from = v.text, v.from
		}
		if v, ok := lookupEnv(s.Env()); ok {
			value, from = v, s.Env()
		}
		if v, ok := flags[s.Name]; ok {
			value, from = v, "--"+s.Name
		}
		if err := s.set(&c, value); err != nil {
			if s.Secret {
				value = "…"
			}
			errs = append(errs, fmt.Errorf("%s %q: %w", from, value, err))
		}
	}
	errs = append(errs, c.check(), c.Model.check(), c.Sandbox.check(), c.Blobs.fromAWS(lookupEnv))
	return c, errors.Join(errs...)
}

// fileValues reads the file that is to be read, if any.
func fileValues(flags map[string]string, lookupEnv func(string) (string, bool)) (map[string]fileValue, []error) {
	name, _ := lookupEnv(FileEnv)
	if v, ok := flags[FileFlag]; ok {
		name = v
	}
	if name == "" {
		return nil, nil
	}
	return readFile(name)
}
