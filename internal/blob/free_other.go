//go:build !linux && !darwin

package blob

import "math"

// free cannot tell on this system: a write that finds no room says so.
func free(string) (int64, error) { return math.MaxInt64, nil }
