package config

import (
	"errors"
	"runtime"
	"strconv"
)

// workSettings say how much is done at the same time.
func workSettings() []Setting {
	return []Setting{
		{Name: "workers", Default: strconv.Itoa(runtime.NumCPU()), Shown: "one a core", Usage: "jobs to run at the same time; 0 runs none", set: setWorkers},
		{Name: "ocr-languages", Usage: "languages of scans as tesseract names them, such as eng+deu; without it English", set: setOCRLanguages},
	}
}

func setWorkers(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 1024 {
		return errors.New("must be a number from 0 to 1024")
	}
	c.Workers = n
	return nil
}
