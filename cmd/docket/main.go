// Command docket is the job server for document work, and its tools.
package main

import (
	"os"

	"docket/internal/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
}
