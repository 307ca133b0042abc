package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"docket/internal/cli"
	"docket/internal/job"
	"docket/internal/service"
)

// operatorCommands are what whoever operates a server does with its data
// folder.
type operatorCommands struct {
	lookupEnv func(string) (string, bool)
	stdout    io.Writer
	place     place
	asJSON    bool
}

func (o *operatorCommands) commands() []*cobra.Command {
	all := []*cobra.Command{o.backup(), o.restore(), o.pause(), o.resume(), o.migrate()}
	for _, c := range all {
		o.place.flags(c.Flags())
		c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	}
	return all
}

func (o *operatorCommands) backup() *cobra.Command {
	return &cobra.Command{
		Use:     "backup DIR",
		Short:   "Copy the database and all documents in folders into an empty folder, while the server runs or not",
		Example: "  docket backup /backups/$(date +%F)",
		Args:    oneArgument("the folder to back up into"),
		RunE: func(c *cobra.Command, args []string) error {
			to, err := filepath.Abs(args[0])
			if err != nil {
				return fmt.Errorf("find the folder %s: %w", args[0], err)
			}
			var copied service.Copied
			err = o.withControl(c, func(ctl *control) error {
				return ctl.call(c.Context(), http.MethodPost, "/backup", backupOrder{to}, &copied)
			})
			if err != nil {
				return err
			}
			if copied.Documents != "" {
				return o.say(copied, "Backed up the database of %d bytes into %s. Large documents and results are in %s and not in this backup: keep them safe with what the bucket offers, such as versions or copies.", copied.Bytes, to, copied.Documents)
			}
			return o.say(copied, "Backed up %d files of %d bytes into %s.", copied.Files, copied.Bytes, to)
		},
	}
}

func (o *operatorCommands) restore() *cobra.Command {
	return &cobra.Command{
		Use:     "restore DIR",
		Short:   "Copy a backup into an empty data folder, and check every file of it",
		Example: "  docket restore /backups/2026-05-01 --data /var/lib/docket",
		Args:    oneArgument("the folder of the backup"),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := o.place.settings(o.lookupEnv)
			if err != nil {
				return err
			}
			if cfg.Database != "" {
				return errors.New("the database is on PostgreSQL: restore it with pg_restore or psql, and the folder or bucket of the documents (--blobs) from its copy")
			}
			copied, err := service.Restore(c.Context(), args[0], cfg.Data)
			if err != nil {
				return inWords(err)
			}
			if copied.Documents != "" {
				return o.say(copied, "Restored the database of %d bytes into %s. Its documents were in %s: start the server with --blobs.", copied.Bytes, cfg.Data, copied.Documents)
			}
			return o.say(copied, "Restored %d files of %d bytes into %s.", copied.Files, copied.Bytes, cfg.Data)
		},
	}
}

func (o *operatorCommands) migrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date, as serve does when it starts",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := o.place.settings(o.lookupEnv)
			if err != nil {
				return err
			}
			if cfg.Database != "" {
				cfg.Data = "" // so that a server may have it meanwhile
			}
			db, err := openStore(c.Context(), cfg)
			if err != nil {
				return err
			}
			return errors.Join(o.say(map[string]bool{"migrated": true}, "The database is up to date."), db.Close())
		},
	}
}

func (o *operatorCommands) pause() *cobra.Command {
	return &cobra.Command{
		Use:   "pause [intake|OPERATION]",
		Short: "Take no new jobs, or let the jobs of an operation wait; holds until resume",
		Args:  atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return o.setPaused(c, http.MethodPut, args)
		},
	}
}

func (o *operatorCommands) resume() *cobra.Command {
	return &cobra.Command{
		Use:   "resume [intake|OPERATION]",
		Short: "End a pause",
		Args:  atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return o.setPaused(c, http.MethodDelete, args)
		},
	}
}

// setPaused tells the server, and shows what is paused then.
func (o *operatorCommands) setPaused(c *cobra.Command, method string, args []string) error {
	what := service.Intake
	if len(args) > 0 {
		what = args[0]
	}
	var now struct {
		Paused []struct {
			What  string `json:"what"`
			Since string `json:"since"`
		} `json:"paused"`
	}
	err := o.withControl(c, func(ctl *control) error {
		return ctl.call(c.Context(), method, "/pauses/"+url.PathEscape(what), nil, &now)
	})
	if err != nil {
		return err
	}
	if len(now.Paused) == 0 {
		return o.say(now, "Nothing is paused.")
	}
	var names []string
	for _, p := range now.Paused {
		names = append(names, p.What)
	}
	return o.say(now, "Paused: %s.", strings.Join(names, ", "))
}

func (o *operatorCommands) withControl(c *cobra.Command, do func(*control) error) error {
	cfg, err := o.place.settings(o.lookupEnv)
	if err != nil {
		return err
	}
	ctl, err := openControl(c.Context(), cfg)
	if err != nil {
		return err
	}
	return errors.Join(do(ctl), ctl.close())
}

// say prints a sentence, or the same as JSON.
func (o *operatorCommands) say(body any, format string, args ...any) error {
	if o.asJSON {
		return printJSON(o.stdout, body)
	}
	if _, err := fmt.Fprintf(o.stdout, format+"\n", args...); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func oneArgument(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return fmt.Errorf("%w: %s takes one argument, %s; %d given", cli.ErrUsage, c.CommandPath(), what, len(args))
		}
		return nil
	}
}

func atMostOne(c *cobra.Command, args []string) error {
	if len(args) > 1 || (len(args) == 1 && args[0] == "") {
		return fmt.Errorf("%w: %s takes \"intake\" or the name of one operation; without one it is the intake", cli.ErrUsage, c.CommandPath())
	}
	return nil
}

// backupOrder is the body of POST /backup on the control socket.
type backupOrder struct {
	To string `json:"to"` // absolute path of a folder of this machine
}

// withBackup adds, for the control socket alone, what writes to places of the
// machine that the caller chooses.
func withBackup(api http.Handler, svc *service.Service, folder string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api)
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		var order backupOrder
		err := json.NewDecoder(r.Body).Decode(&order)
		var copied service.Copied
		if err == nil && !filepath.IsAbs(order.To) {
			err = fmt.Errorf("%q is no absolute path", order.To)
		}
		if err == nil {
			err = outside(folder, order.To)
		}
		if err == nil {
			copied, err = svc.Backup(r.Context(), order.To)
		}
		status, body := http.StatusOK, any(copied)
		if err != nil {
			status, body = http.StatusInternalServerError, map[string]any{"details": map[string]string{"message": inWords(err).Error()}}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(body); err != nil {
			log.Error("answer a command", "error", err)
		}
	})
	return mux
}

// outside refuses a backup inside the folder that it is a backup of.
func outside(folder, to string) error {
	data, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	for at := to; ; at = filepath.Dir(at) {
		if same(at, data) {
			return fmt.Errorf("%s is inside the data folder: choose another place, best on another disk", to)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// same says that two paths lead to one folder; one that is not there leads
// nowhere.
func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// inWords is the error for somebody at a terminal.
func inWords(err error) error {
	if e, ok := errors.AsType[*job.Error](err); ok {
		if problem, ok := e.Facts["problem"].(string); ok {
			return errors.New(problem)
		}
	}
	return err
}
