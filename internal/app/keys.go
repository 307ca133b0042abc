package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docket/internal/cli"
)

// keyAnswer is what the API says of a key.
type keyAnswer struct {
	ID         string   `json:"id"`
	Account    string   `json:"account"`
	Name       string   `json:"name"`
	Scopes     []string `json:"scopes"`
	State      string   `json:"state"`
	Prefix     string   `json:"prefix"`
	Key        string   `json:"key"`
	CreatedAt  string   `json:"created_at"`
	ExpiresAt  string   `json:"expires_at"`
	LastUsedAt string   `json:"last_used_at"`
}

func keysCommand(lookupEnv func(string) (string, bool), stdout io.Writer) *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "Create, list, rotate and revoke API keys",
		Args:  noSubcommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	k := &keysCommands{lookupEnv: lookupEnv, stdout: stdout}
	k.place.flags(c.PersistentFlags())
	c.PersistentFlags().BoolVar(&k.asJSON, "json", false, "print JSON")
	c.AddCommand(k.create(), k.list(), k.rotate(), k.revoke())
	return c
}

// noSubcommand refuses words that are no subcommand.
func noSubcommand(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		like := ""
		c.SuggestionsMinimumDistance = 2
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			like = ", did you mean " + near[0] + "?"
		}
		return fmt.Errorf("%w: %q is not a command of %s%s; see %s --help", cli.ErrUsage, args[0], c.CommandPath(), like, c.CommandPath())
	}
	return nil
}

type keysCommands struct {
	lookupEnv func(string) (string, bool)
	stdout    io.Writer
	place     place
	asJSON    bool
}

// withControl runs do on the server of the data folder.
func (k *keysCommands) withControl(ctx context.Context, do func(*control) error) (err error) {
	cfg, err := k.place.settings(k.lookupEnv)
	if err != nil {
		return err
	}
	c, err := openControl(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return do(c)
}

func (k *keysCommands) create() *cobra.Command {
	var body struct {
		Account string  `json:"account,omitempty"`
		Name    string  `json:"name,omitempty"`
		Scopes  string  `json:"scopes"`
		Expires float64 `json:"expires_in,omitempty"`
	}
	var expires time.Duration
	c := &cobra.Command{
		Use:     "create",
		Short:   "Create a key, and its account when that is new; the key is shown once",
		Example: "  docket keys create --account acme --scopes read,write --name 'the nightly import'",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if body.Expires = expires.Seconds(); expires < 0 || (c.Flags().Changed("expires") && expires == 0) {
				return fmt.Errorf("%w: --expires %s: must be a time from now, such as 720h", cli.ErrUsage, expires)
			}
			return k.withControl(c.Context(), func(ctl *control) error {
				var key keyAnswer
				if err := ctl.call(c.Context(), http.MethodPost, "/keys", body, &key); err != nil {
					return err
				}
				return k.show(key)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&body.Account, "account", "local", "account that the key acts for")
	f.StringVar(&body.Scopes, "scopes", "read,write", "what it may do: read, write, admin")
	f.StringVar(&body.Name, "name", "", "what it is for")
	f.DurationVar(&expires, "expires", 0, "how long it is good, such as 720h; for ever when left out")
	return c
}

// show prints a key that was just made.
func (k *keysCommands) show(key keyAnswer) error {
	if k.asJSON {
		return printJSON(k.stdout, key)
	}
	_, err := fmt.Fprintf(k.stdout, `%s

Key %s of account %s, scopes %s. It is shown this once.
Send it as X-API-Key, api-key, or Authorization: Bearer.
`, key.Key, key.ID, key.Account, strings.Join(key.Scopes, ","))
	if err != nil {
		return fmt.Errorf("print the key: %w", err)
	}
	return nil
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

func (k *keysCommands) list() *cobra.Command {
	var of string
	c := &cobra.Command{
		Use:   "list",
		Short: "List keys, without what would let one use them",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return k.withControl(c.Context(), func(ctl *control) error {
				var answer struct {
					Keys []keyAnswer `json:"keys"`
				}
				if err := ctl.call(c.Context(), http.MethodGet, "/keys?account="+url.QueryEscape(of), nil, &answer); err != nil {
					return err
				}
				return k.table(answer.Keys)
			})
		},
	}
	c.Flags().StringVar(&of, "account", "", "only those of this account")
	return c
}

func (k *keysCommands) table(keys []keyAnswer) error {
	if k.asJSON {
		return printJSON(k.stdout, keys)
	}
	t := tabwriter.NewWriter(k.stdout, 0, 0, 2, ' ', 0)
	lines := [][]string{{"ID", "ACCOUNT", "BEGINS WITH", "SCOPES", "STATE", "EXPIRES", "LAST USED", "NAME"}}
	for _, key := range keys {
		lines = append(lines, []string{key.ID, key.Account, key.Prefix, strings.Join(key.Scopes, ","), key.State, orNever(key.ExpiresAt), orNever(key.LastUsedAt), key.Name})
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(t, strings.Join(line, "\t")); err != nil {
			return fmt.Errorf("print keys: %w", err)
		}
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print keys: %w", err)
	}
	return nil
}

func orNever(at string) string {
	if at == "" {
		return "never"
	}
	return at
}

func (k *keysCommands) rotate() *cobra.Command {
	var overlap time.Duration
	c := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a key a new secret; the old one ends at once, or after --overlap",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return k.withControl(c.Context(), func(ctl *control) error {
				var key keyAnswer
				body := map[string]float64{"overlap": overlap.Seconds()}
				if err := ctl.call(c.Context(), http.MethodPost, "/keys/"+url.PathEscape(args[0])+"/rotate", body, &key); err != nil {
					return err
				}
				return k.show(key)
			})
		},
	}
	c.Flags().DurationVar(&overlap, "overlap", 0, "how long the old secret stays good, such as 24h")
	return c
}

func (k *keysCommands) revoke() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "End a key at once and for good",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return k.withControl(c.Context(), func(ctl *control) error {
				var key keyAnswer
				if err := ctl.call(c.Context(), http.MethodDelete, "/keys/"+url.PathEscape(args[0]), nil, &key); err != nil {
					return err
				}
				if k.asJSON {
					return printJSON(k.stdout, key)
				}
				if _, err := fmt.Fprintf(k.stdout, "Key %s of account %s is revoked.\n", key.ID, key.Account); err != nil {
					return fmt.Errorf("print the key: %w", err)
				}
				return nil
			})
		},
	}
}
