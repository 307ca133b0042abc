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
	values, errs := valuesOf(flags, lookupEnv)
	var c Config
	for _, v := range values {
		if err := v.set(&c, v.text); err != nil {
			errs = append(errs, fmt.Errorf("%s %q: %w", v.From, v.Text(), err))
		}
	}
	errs = append(errs, c.check(), c.Model.check(), c.Sandbox.check(), c.Blobs.fromAWS(lookupEnv), c.Trace.fromOTel(lookupEnv))
	return c, errors.Join(errs...)
}

// Value is what a setting is set to.
type Value struct {
	Setting
	From string // "default", the variable, the flag, or the file and its name there
	text string
}

// Text is the value as a flag spells it, but for a secret one.
func (v Value) Text() string {
	if v.Secret && v.text != "" {
		return "…"
	}
	return v.text
}

// Values lists what every setting is set to, and by what, in the order of
// Settings. The error is that of Load.
func Values(flags map[string]string, lookupEnv func(string) (string, bool)) ([]Value, error) {
	if _, err := Load(flags, lookupEnv); err != nil {
		return nil, err
	}
	values, errs := valuesOf(flags, lookupEnv)
	return values, errors.Join(errs...)
}

func valuesOf(flags map[string]string, lookupEnv func(string) (string, bool)) (values []Value, errs []error) {
	file, errs := fileValues(flags, lookupEnv)
	for _, s := range Settings() {
		value := Value{Setting: s, From: "default", text: s.Default}
		if v, ok := file[s.Name]; ok {
			value.text, value.From = v.text, v.from
		}
		if v, ok := lookupEnv(s.Env()); ok {
			value.text, value.From = v, s.Env()
		}
		if v, ok := flags[s.Name]; ok {
			value.text, value.From = v, "--"+s.Name
		}
		values = append(values, value)
	}
	return values, errs
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
