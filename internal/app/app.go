// Package app wires the parts together: the subcommands, and how the server
// starts and stops.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"docket/internal/cli"
	"docket/internal/config"
	"docket/internal/sandbox"
)

// Main runs the command and returns its exit code.
func Main(args []string, lookupEnv func(string) (string, bool), stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == sandbox.Subcommand {
		return sandbox.ChildMain(stdin, stdout, args[1:])
	}
	// The first signal asks the command to end well; the second one ends it.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := command(lookupEnv, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return cli.ExitOK
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return cli.ExitInterrupted
	}
	if !cli.Silent(err) {
		// There is nothing to be done when stderr cannot be written to.
		_, _ = fmt.Fprintln(stderr, "docket:", err)
	}
	return cli.ExitCode(err)
}

func command(lookupEnv func(string) (string, bool), stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "docket",
		Short:         "A job server for document work",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSubcommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: %w; see %s --help", cli.ErrUsage, err, c.CommandPath())
	})
	root.AddCommand(serveCommand(lookupEnv, stdout, stderr), workerCommand(lookupEnv, stdout, stderr), keysCommand(lookupEnv, stdout), configCommand(lookupEnv, stdout), versionCommand(stdout))
	root.AddCommand(cli.Commands(cli.Parts{
		LookupEnv: lookupEnv, Stdout: stdout, Stderr: stderr,
		Local: func(ctx context.Context, run cli.Run, out io.Writer) error {
			return runLocal(ctx, run, lookupEnv, out, stderr)
		},
	})...)
	root.AddCommand((&operatorCommands{lookupEnv: lookupEnv, stdout: stdout}).commands()...)
	root.InitDefaultCompletionCmd()
	markUsage(root)
	return root
}

// markUsage lets every command say of wrong arguments that they are.
func markUsage(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			err := check(c, args)
			if err == nil || errors.Is(err, cli.ErrUsage) {
				return err
			}
			return fmt.Errorf("%w: %s: %w; see %s --help", cli.ErrUsage, c.CommandPath(), err, c.CommandPath())
		}
	}
	for _, sub := range c.Commands() {
		markUsage(sub)
	}
}

func serveCommand(lookupEnv func(string) (string, bool), stdout, stderr io.Writer) *cobra.Command {
	return nodeCommand(&cobra.Command{Use: "serve", Short: "Start the API and the workers"}, Serve, lookupEnv, stdout, stderr)
}

func workerCommand(lookupEnv func(string) (string, bool), stdout, stderr io.Writer) *cobra.Command {
	return nodeCommand(&cobra.Command{
		Use: "worker", Short: "Start workers without an API, for the servers of a PostgreSQL database",
		Long: "Works on the jobs of a PostgreSQL database that servers share, without listening for requests;\n--metrics-listen opens a door for those who watch over it. The settings are those of serve.",
	}, Work, lookupEnv, stdout, stderr)
}

// nodeCommand has all the settings as flags.
func nodeCommand(c *cobra.Command, run func(ctx context.Context, cfg config.Config, stdout, stderr io.Writer) error, lookupEnv func(string) (string, bool), stdout, stderr io.Writer) *cobra.Command {
	c.Args = cobra.NoArgs
	c.Flags().String(config.FileFlag, "", "configuration file, TOML ("+config.FileEnv+")")
	for _, s := range config.Settings() {
		c.Flags().String(s.Name, s.Default, s.Usage+" ("+s.Env()+")")
	}
	c.RunE = func(c *cobra.Command, _ []string) error {
		given := map[string]string{}
		c.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
		cfg, err := config.Load(given, lookupEnv)
		if err != nil {
			return fmt.Errorf("%w: wrong settings:\n%w", cli.ErrUsage, err)
		}
		return run(c.Context(), cfg, stdout, stderr)
	}
	return c
}
