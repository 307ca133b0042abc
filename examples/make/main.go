// Command make writes the documents that the examples work on.
//
//	go run ./examples/make
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("examples"); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

// run writes every document into the folder.
func run(folder string) error {
	made, err := small()
	if err != nil {
		return fmt.Errorf("draw the small documents: %w", err)
	}
	if made["invoice.pdf"], err = invoice(); err != nil {
		return fmt.Errorf("draw invoice: %w", err)
	}
	for name, content := range made {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
