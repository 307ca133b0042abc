//go:build !linux

package app_test

// diskSize is for systems on which anyone may mount a disk.
const diskSize = "DOCKET_TEST_DISK"

func mountDisk(string) {}
