package config

import (
	"errors"
	"fmt"
	"strconv"
)

// limitSettings say how much one account or key may take.
func limitSettings() []Setting {
	return []Setting{
		{Name: "max-websockets", Default: "10", Usage: "WebSockets that one account may have open at the same time", set: setMaxWebSockets},
		{Name: "max-waiting", Default: "100000", Usage: "jobs of one account that may wait for a worker", set: atLeastOne(func(c *Config) *int { return &c.MaxWaiting })},
		{Name: "max-mails", Default: "100", Usage: "e-mails that one account may ask for in 24 hours", set: atLeastOne(func(c *Config) *int { return &c.MaxMails })},
		{Name: "max-reads", Default: "1000", Usage: "reads of single jobs that one key may make a minute", set: atLeastOne(func(c *Config) *int { return &c.MaxReads })},
		{Name: "max-batch-reads", Default: "100", Usage: "reads of a batch or of many jobs at once that one key may make a minute", set: atLeastOne(func(c *Config) *int { return &c.MaxBatchReads })},
		{Name: "max-lists", Default: "60", Usage: "pages of lists that one key may read a minute", set: atLeastOne(func(c *Config) *int { return &c.MaxLists })},
	}
}

func setMaxWebSockets(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1_000_000 {
		return errors.New("must be a number from 0 to 1000000")
	}
	c.MaxWebSockets = n
	return nil
}

// atLeastOne reads a limit.
func atLeastOne(field func(*Config) *int) func(*Config, string) error {
	const most = 10_000_000
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("must be a number from 1 to %d", most)
		}
		*field(c) = n
		return nil
	}
}
