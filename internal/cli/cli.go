// Package cli is the command line of a client: it sends documents to a server,
// follows jobs, and shows what became of them.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes of all commands; docs/CLI.md lists them for users.
const (
	ExitOK          = 0
	ExitFailed      = 1   // something else
	ExitUsage       = 2   // the command was called wrongly
	ExitJobFailed   = 3   // a job failed, or was cancelled
	ExitForbidden   = 4   // the key is missing, wrong or may not
	ExitNotFound    = 5   // what was named is not there
	ExitUnavailable = 6   // the server is not reached, or cannot answer now
	ExitTimeout     = 124 // --timeout has passed, as with timeout(1)
	ExitInterrupted = 130
)

// ErrUsage marks errors of how a command was called.
var ErrUsage = errors.New("usage")

// errJobs says that a job failed or was cancelled; the lines above have said
// which and why.
var errJobs = errors.New("a job has not completed")

// errTimeout ends a command that took longer than its --timeout.
var errTimeout = errors.New("timeout")

// Local runs one operation on one file in this process, as the server would,
// and writes the result. The error is for people.
type Local func(ctx context.Context, run Run, out io.Writer) error

// Run is what one of the commands parse, extract, classify and split is to do
// with one file.
type Run struct {
	Operation  string
	File       string
	Parameters []byte // JSON object
	Format     string // as in ?format=; "json" of a parse is the answer of GET /parse/{id}
	Folder     string // for the files of a split; empty: the current one
}

// Parts are what the commands are made of.
type Parts struct {
	LookupEnv func(string) (string, bool)
	Stdout    io.Writer
	Stderr    io.Writer
	Local     Local
}

// cli is what all commands share: the flags that each of them has.
type cli struct {
	Parts
	server, key, file string
	asJSON            bool
	timeout           time.Duration
	http              *http.Client
}

// Commands are the commands of a client.
func Commands(p Parts) []*cobra.Command {
	c := &cli{Parts: p, http: newHTTP()}
	all := []*cobra.Command{c.submit(), c.jobs(), c.batch(), c.webhooks(), c.stats()}
	all = append(all, c.runs()...)
	for _, one := range all {
		f := one.PersistentFlags()
		f.StringVar(&c.server, "server", "", "address of the server (DOCKET_URL; http://127.0.0.1:8080)")
		f.StringVar(&c.key, "key", "", "key to show; better in the variable, which others do not see (DOCKET_KEY)")
		f.StringVar(&c.file, "client-config", "", "TOML file with server and key (DOCKET_CLIENT_CONFIG; docket/client.toml in the user's configuration folder)")
		f.BoolVar(&c.asJSON, "json", false, "print what the server answers, one JSON value a line")
		f.DurationVar(&c.timeout, "timeout", 0, "give up after this time, such as 5m; never when left out")
	}
	return all
}

// ExitCode is that of a command that ended with an error.
func ExitCode(err error) int {
	refusal, refused := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, ErrUsage):
		return ExitUsage
	case errors.Is(err, errJobs):
		return ExitJobFailed
	case errors.Is(err, errTimeout):
		return ExitTimeout
	case refused:
		return refusal.exitCode()
	}
	if _, ok := errors.AsType[*unreachable](err); ok {
		return ExitUnavailable
	}
	return ExitFailed
}

// Silent says that the error has been told already.
func Silent(err error) bool { return errors.Is(err, errJobs) }

// usage is an error of how the command was called.
func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUsage, fmt.Errorf(format, args...))
}

// command makes a subcommand whose work ends with --timeout.
func (c *cli) command(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, s *screen, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.timeout < 0 {
				return usage("--timeout %s: must be a time from now, such as 5m", c.timeout)
			}
			ctx := cmd.Context()
			if c.timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeoutCause(ctx, c.timeout, errTimeout)
				defer cancel()
			}
			err := run(ctx, newScreen(c), args)
			if err != nil && errors.Is(context.Cause(ctx), errTimeout) && !errors.Is(err, errJobs) {
				return fmt.Errorf("%w: not done after %s; the jobs go on: docket jobs list", errTimeout, c.timeout)
			}
			return err
		},
	}
}

// group is a command that only has subcommands.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%q is not a command of %s; see %s --help", args[0], c.CommandPath(), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// some wants at least one argument.
func some(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage("%s needs %s; see %s --help", c.CommandPath(), what, c.CommandPath())
		}
		for _, a := range args {
			if a == "" {
				return usage("%s: an argument is empty; it needs %s", c.CommandPath(), what)
			}
		}
		return nil
	}
}

// exactly wants these arguments.
func exactly(what ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != len(what) {
			return usage("%s takes %s; %d arguments given", c.CommandPath(), strings.Join(what, " and "), len(args))
		}
		if len(what) == 0 {
			return nil
		}
		return some(strings.Join(what, " and "))(c, args)
	}
}
