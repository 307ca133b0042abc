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
	pdf, err := invoice()
	if err != nil {
		return fmt.Errorf("draw invoice: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "invoice.pdf"), pdf, 0o644); err != nil {
		return fmt.Errorf("write invoice: %w", err)
	}
	return nil
}
