package pdf

import (
	"context"
	"slices"
	"sync"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const initFunction = "FPDF_InitLibrary"

// moduleFinder gets hold of the library's WebAssembly module, which the
// library keeps to itself: it listens for the one call that the library makes
// on every new instance. No other function is listened to, so that none
// becomes slower.
type moduleFinder struct {
	mu     sync.Mutex
	module api.Module
}

func (f *moduleFinder) found() api.Module {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.module
}

// NewFunctionListener implements experimental.FunctionListenerFactory.
func (f *moduleFinder) NewFunctionListener(def api.FunctionDefinition) experimental.FunctionListener {
	if slices.Contains(def.ExportNames(), initFunction) {
		return f
	}
	return nil
}

// Before implements experimental.FunctionListener.
func (f *moduleFinder) Before(_ context.Context, m api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.module = m
}

// After implements experimental.FunctionListener.
func (f *moduleFinder) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}

// Abort implements experimental.FunctionListener.
func (f *moduleFinder) Abort(context.Context, api.Module, api.FunctionDefinition, error) {}
