package config

import (
	"errors"
	"regexp"
)

func setOCRLanguages(c *Config, v string) error {
	// Names become arguments of a program: none may look like an option.
	if v != "" && !regexp.MustCompile(`^\w+(\+\w+)*$`).MatchString(v) {
		return errors.New("must be names such as eng, or several joined by +, such as eng+deu")
	}
	c.OCRLanguages = v
	return nil
}
