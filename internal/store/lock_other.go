//go:build unix && !linux

package store

// networkFileSystem cannot tell on this system.
func networkFileSystem(string) (string, bool) { return "", false }
