package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Model says which language model is asked; nothing is sent to any while URL
// is empty.
type Model struct {
	URL       string // of the API, such as http://127.0.0.1:11434/v1
	Name      string
	Embedding string        // name of the model that makes vectors; empty: none
	Key       string        // empty: none
	KeyFile   string        // that Key was read from
	Timeout   time.Duration // of one request
	Retries   int           // after the first try
	Context   int           // tokens that it can read at once
	Budget    int           // tokens of one job; 0 for no limit
}

func modelSettings() []Setting {
	return []Setting{
		{Name: "model-url", Usage: "server that speaks the chat completions API of OpenAI, such as http://127.0.0.1:11434/v1; extract, classify and split send it what documents say; without it, no document leaves this machine", set: setModelURL},
		{Name: "model-name", Usage: "model to ask for at --model-url", set: setModelName},
		{Name: "model-embedding", Usage: "model to ask for vectors at --model-url; without it batch_embedding makes lexical ones", set: setModelEmbedding},
		{Name: "model-key", Usage: "key of that server; set the variable or --model-key-file rather than the flag, which other users of this machine can see", Secret: true, set: setModelKey},
		{Name: "model-key-file", Usage: "file that holds the key of that server", set: setModelKeyFile},
		{Name: "model-timeout", Default: "2m", Usage: "longest wait for one answer of the model", set: setModelTimeout},
		{Name: "model-retries", Default: "2", Usage: "tries after the first one when the model does not answer", set: setModelRetries},
		{Name: "model-context", Default: "16000", Usage: "tokens that the model can read at once; longer documents are shown in parts", set: setModelContext},
		{Name: "model-budget", Default: "500000", Usage: "tokens that one job may use; 0 for no limit", set: setModelBudget},
	}
}

// check looks at what the settings say together.
func (m *Model) check() error {
	switch {
	case m.URL != "" && m.Name == "":
		return errors.New("--model-url needs --model-name: the model that is asked for there")
	case m.URL == "" && m.Name != "":
		return errors.New("--model-name needs --model-url: the server that has the model")
	case m.URL == "" && m.Embedding != "":
		return errors.New("--model-embedding needs --model-url: the server that has the model")
	case m.Key != "" && m.KeyFile != "":
		return errors.New("--model-key and --model-key-file: give one of them")
	case m.KeyFile == "":
		return nil
	}
	b, err := os.ReadFile(m.KeyFile)
	if err != nil {
		return fmt.Errorf("--model-key-file: %w", err)
	}
	if m.Key = strings.TrimSpace(string(b)); !isKey(m.Key) || m.Key == "" {
		return fmt.Errorf("--model-key-file %q: must hold a key, on one line", m.KeyFile)
	}
	return nil
}

func setModelURL(c *Config, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("must be an address such as http://127.0.0.1:11434/v1; a key goes into --model-key-file")
	}
	c.Model.URL = strings.TrimRight(v, "/")
	return nil
}

func setModelName(c *Config, v string) error { return modelName(&c.Model.Name, v) }

func setModelEmbedding(c *Config, v string) error { return modelName(&c.Model.Embedding, v) }

func modelName(to *string, v string) error {
	if strings.TrimSpace(v) != v || strings.ContainsFunc(v, unicode.IsControl) {
		return errors.New("must be the name of a model, without spaces around it")
	}
	*to = v
	return nil
}

func setModelKey(c *Config, v string) error {
	if !isKey(v) {
		return errors.New("must be a key of letters, digits and signs") // without what is one
	}
	c.Model.Key = v
	return nil
}

// isKey says that a text can stand in a header.
func isKey(v string) bool {
	return !strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r >= unicode.MaxASCII })
}

func setModelKeyFile(c *Config, v string) error {
	c.Model.KeyFile = v
	return nil
}

func setModelTimeout(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < time.Second || d > time.Hour {
		return errors.New("must be a time from 1s to 1h, such as 90s or 2m")
	}
	c.Model.Timeout = d
	return nil
}

func setModelRetries(c *Config, v string) error {
	return number(&c.Model.Retries, v, 0, 10)
}

func setModelContext(c *Config, v string) error {
	return number(&c.Model.Context, v, 2000, 10_000_000)
}

func setModelBudget(c *Config, v string) error {
	return number(&c.Model.Budget, v, 0, 1_000_000_000)
}

func number(into *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("must be a number from %d to %d", least, most)
	}
	*into = n
	return nil
}
