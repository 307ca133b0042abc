package config

import (
	"errors"
	"log/slog"
)

// logSettings say what the server tells its operator.
func logSettings() []Setting {
	return []Setting{
		{Name: "log-format", Default: "text", Usage: "how log lines are written: text or json", set: setLogFormat},
		{Name: "log-level", Default: "info", Usage: "from which level on: debug, info, warn or error; debug has a line for each request that is not a successful read", set: setLogLevel},
	}
}

func setLogFormat(c *Config, v string) error {
	if v != "text" && v != "json" {
		return errors.New("must be text or json")
	}
	c.LogJSON = v == "json"
	return nil
}

func setLogLevel(c *Config, v string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[v]
	if !ok {
		return errors.New("must be debug, info, warn or error")
	}
	c.LogLevel = level
	return nil
}
