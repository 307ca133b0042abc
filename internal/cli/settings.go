package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// usualServer is where `docket serve` listens when nothing else is said.
const usualServer = "http://127.0.0.1:8080"

// Settings say which server a client asks, and with which key.
type Settings struct {
	Server, Key         string
	ServerFrom, KeyFrom string // what said so; empty: nothing did
}

// fileSettings is what the client's file holds.
type fileSettings struct {
	Server string `toml:"server"`
	Key    string `toml:"key"`
}

// settings come from the flags, the environment and the file, each before the
// next.
func (c *cli) settings() (Settings, error) {
	return FindSettings(c.server, c.key, c.file, c.LookupEnv)
}

// FindSettings looks at flags, which may be empty, then at the environment,
// then at the client's file. The error says what is wrong with the file or the
// address.
func FindSettings(server, key, file string, lookupEnv func(string) (string, bool)) (Settings, error) {
	from, err := readSettings(file, lookupEnv)
	if err != nil {
		return Settings{}, err
	}
	var s Settings
	pick := func(value *string, origin *string, flag, name, text, inFile string) {
		env, _ := lookupEnv(name)
		switch {
		case text != "":
			*value, *origin = text, flag
		case env != "":
			*value, *origin = env, name
		case inFile != "":
			*value, *origin = inFile, "file"
		}
	}
	pick(&s.Server, &s.ServerFrom, "--server", "DOCKET_URL", server, from.Server)
	pick(&s.Key, &s.KeyFrom, "--key", "DOCKET_KEY", key, from.Key)
	if s.Server == "" {
		s.Server = usualServer
	}
	if s.Server, err = address(s.Server); err != nil {
		return s, fmt.Errorf("%w (%s)", err, s.ServerFrom)
	}
	if s.Key = strings.TrimSpace(s.Key); strings.ContainsFunc(s.Key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return s, usage("the key has characters that no key has (%s); `docket keys create` makes one", s.KeyFrom)
	}
	return s, nil
}

// address is that of a server, with its scheme and without a slash at the end.
func address(text string) (string, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "" {
		return text, usage("the server %q is not an address such as %s", text, usualServer)
	}
	return strings.TrimRight(text, "/"), nil
}

// readSettings reads the file that is named, or the usual one if it is there.
func readSettings(named string, lookupEnv func(string) (string, bool)) (f fileSettings, err error) {
	name := named
	if name == "" {
		name, _ = lookupEnv("DOCKET_CLIENT_CONFIG")
	}
	must := name != ""
	if !must {
		folder, ok := lookupEnv("XDG_CONFIG_HOME")
		if !ok || folder == "" {
			home, _ := lookupEnv("HOME")
			folder = filepath.Join(home, ".config")
		}
		name = filepath.Join(folder, "docket", "client.toml")
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && !must {
		return f, nil
	}
	if err != nil {
		return f, usage("read the client's settings: %w", err)
	}
	err = toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields().Decode(&f)
	if _, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return f, usage("%s: it has a setting that there is not; allowed are server and key", name)
	}
	if err != nil {
		return f, usage("%s: %w", name, err)
	}
	return f, nil
}
