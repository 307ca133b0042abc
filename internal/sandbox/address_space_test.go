//go:build linux && !race

package sandbox

import (
	"errors"
	"testing"
)

// The race detector needs more address space than any limit would grant.

func TestAddressSpaceUsedUp(t *testing.T) {
	p, _ := startPool(t, 1, "script", func(l *Limits) { l.AddressSpace = minAddressSpace })
	_, err := readScript(t, p, "ok reserve")
	checkError(t, err, limitError("address_space", minAddressSpace, nil))
	if !errors.Is(err, ErrDied) {
		t.Errorf("error %v is not ErrDied", err)
	}
}
