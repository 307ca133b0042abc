package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"docket/internal/cli"
	"docket/internal/config"
)

// settingAnswer is one setting as --json prints it.
type settingAnswer struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

func configCommand(lookupEnv func(string) (string, bool), stdout io.Writer) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show the settings that commands would use here",
		Args:  noSubcommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var file string
	var asJSON bool
	show := &cobra.Command{
		Use:   "show",
		Short: "Print every setting of the server as a configuration file, and which server a client asks",
		Long: `Print every setting that docket serve would have here without flags, and what it comes from.
What is printed is a configuration file; secrets are left out of it.`,
		Example: "  docket config show > docket.toml",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: %s takes no arguments", cli.ErrUsage, c.CommandPath())
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			flags := map[string]string{}
			if file != "" {
				flags[config.FileFlag] = file
			}
			values, err := config.Values(flags, lookupEnv)
			if err != nil {
				return fmt.Errorf("%w: wrong settings:\n%w", cli.ErrUsage, err)
			}
			client, err := cli.FindSettings("", "", "", lookupEnv)
			if err != nil {
				return err
			}
			if asJSON {
				return printSettings(stdout, values, client)
			}
			return writeSettings(stdout, values, client)
		},
	}
	show.Flags().StringVar(&file, config.FileFlag, "", "configuration file, TOML ("+config.FileEnv+")")
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(show)
	return c
}

func printSettings(w io.Writer, values []config.Value, client cli.Settings) error {
	body := struct {
		Settings []settingAnswer `json:"settings"`
		Server   settingAnswer   `json:"client_server"`
		Key      settingAnswer   `json:"client_key"`
	}{
		Server: settingAnswer{"server", client.Server, origin(client.ServerFrom)}, Key: settingAnswer{"key", hidden(client.Key), origin(client.KeyFrom)},
	}
	for _, v := range values {
		body.Settings = append(body.Settings, settingAnswer{v.Name, v.Text(), v.From})
	}
	return printJSON(w, body)
}

// writeSettings writes a configuration file.
func writeSettings(w io.Writer, values []config.Value, client cli.Settings) error {
	text := &strings.Builder{}
	fmt.Fprintf(text, "# A client asks %s (%s), with the key %s (%s).\n\n", client.Server, origin(client.ServerFrom), hidden(client.Key), origin(client.KeyFrom))
	for _, v := range values {
		value := fmt.Sprintf("%q", v.Text())
		switch {
		case v.List && v.Text() == "":
			value = "[]"
		case v.List:
			value = fmt.Sprintf("[%q]", strings.Split(v.Text(), ","))
			value = strings.ReplaceAll(strings.Trim(value, "[]"), `" "`, `", "`)
			value = "[" + value + "]"
		}
		line := fmt.Sprintf("%s = %s", v.Name, value)
		if v.Secret && v.Text() != "" {
			line = "# " + line
		}
		fmt.Fprintf(text, "%s # %s\n", line, v.From)
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("print the settings: %w", err)
	}
	return nil
}

func origin(from string) string {
	if from == "" {
		return "default"
	}
	return from
}

// hidden is a key of which only the beginning is shown, as in lists of keys.
func hidden(key string) string {
	const shown = 15
	switch {
	case key == "":
		return "none"
	case len(key) > 2*shown:
		return key[:shown] + "…"
	}
	return "…"
}
