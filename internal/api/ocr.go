package api

import (
	"fmt"
	"strings"

	"docket/internal/job"
)

// ocrStrategy reads when text in pictures is recognized, under any of the
// names that versions of the API gave it; empty when none was sent. Of two,
// ocr_strategy, which is the newest, decides. // contract C1
func ocrStrategy(f *fields) (string, error) {
	for _, name := range []string{"ocr_strategy", "ocr_mode"} {
		value, err := f.text(name)
		if err != nil {
			return "", err
		}
		switch strings.ToLower(value) {
		case "":
			continue
		case "auto_detection", "auto_ocr", "auto":
			return "auto_detection", nil
		case "force_ocr", "full_ocr", "all":
			return "force_ocr", nil
		case "no_ocr":
			return "no_ocr", nil
		}
		return "", &job.Error{Code: job.InvalidRequest, Facts: job.Facts{
			"field": name, "problem": fmt.Sprintf("%q is not a way to recognize text", plain(value, 50)),
			"allowed": []string{"auto_detection", "force_ocr", "no_ocr"},
		}}
	}
	return "", nil
}
