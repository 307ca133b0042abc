package pdf

import (
	"context"
	"fmt"
	"io"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"docket/internal/document"
)

// MemoryLimit is the most memory, in bytes, that PDFium may use for a document
// and everything made from it.
const MemoryLimit = 512 << 20

const wasmPage = 64 << 10

// Compile translates PDFium to machine code and leaves the result in cacheDir,
// so that engines start in a tenth of a second. The first time takes 5 to 9
// seconds; an up-to-date cache makes it nearly free.
func Compile(ctx context.Context, cacheDir string) error {
	_, pool, cache, err := compile(ctx, cacheDir)
	if err != nil {
		return err
	}
	if err := closeAll(ctx, pool, cache); err != nil {
		return fmt.Errorf("compile pdfium: %w", err)
	}
	return nil
}

// Engine is one running instance of PDFium. It is not safe for concurrent use.
// Several documents may be open at once; they share its memory.
type Engine struct {
	limits document.Limits

	ctx   context.Context
	pool  pdfium.Pool
	cache wazero.CompilationCache
	lib   pdfium.Pdfium // the library's own view of the module, for writing

	module  api.Module
	mem     api.Memory
	fn      map[string]api.Function
	looseFn api.Function // FPDFText_GetLooseCharBox, called for every letter

	stack   [12]uint64
	scratch uint32 // scratchSize bytes for results
	err     error  // what the engine died of; no call is made after it
}

// NewEngine starts an engine. cacheDir is the folder that Compile filled; with
// "" the engine is compiled anew, which takes seconds. ctx must live as long
// as the engine; its end does not stop a running call.
func NewEngine(ctx context.Context, cacheDir string) (*Engine, error) {
	finder, pool, cache, err := compile(ctx, cacheDir)
	if err != nil {
		return nil, err
	}
	e := &Engine{limits: document.DefaultLimits(), ctx: ctx, pool: pool, cache: cache, fn: map[string]api.Function{}}
	if err := e.start(finder); err != nil {
		_ = e.Close() // the first error says more
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	return e, nil
}

// Limit sets what is read of a page, and how large the picture of one may be,
// for documents that are opened from now on.
func (e *Engine) Limit(limits document.Limits) { e.limits = limits }

func (e *Engine) start(finder *moduleFinder) error {
	var err error
	if e.lib, err = e.pool.GetInstanceWithContext(e.ctx); err != nil {
		return fmt.Errorf("make an instance: %w", err)
	}
	e.module = finder.found()
	if e.module == nil {
		return fmt.Errorf("find the instance's module: %s was not called", initFunction)
	}
	e.mem = e.module.Memory()
	e.looseFn = e.function("FPDFText_GetLooseCharBox")
	e.scratch = e.malloc(scratchSize)
	return e.err
}

// Close frees the engine and every document opened with it.
func (e *Engine) Close() error {
	if err := closeAll(e.ctx, e.pool, e.cache); err != nil {
		return fmt.Errorf("close pdfium: %w", err)
	}
	return nil
}

// Dead says that the engine trapped or is out of memory. A dead engine answers
// every call with the error it died of; only Close is left.
func (e *Engine) Dead() bool { return e.err != nil }

func compile(ctx context.Context, cacheDir string) (*moduleFinder, pdfium.Pool, wazero.CompilationCache, error) {
	var cache wazero.CompilationCache
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(MemoryLimit / wasmPage)
	if cacheDir != "" {
		var err error
		if cache, err = wazero.NewCompilationCacheWithDir(cacheDir); err != nil {
			return nil, nil, nil, fmt.Errorf("open the compilation cache: %w", err)
		}
		config = config.WithCompilationCache(cache)
	}
	finder := &moduleFinder{}
	pool, err := webassembly.Init(webassembly.Config{
		Context:       experimental.WithFunctionListenerFactory(ctx, finder),
		MaxTotal:      1,
		RuntimeConfig: config,
		// Without this the library would mount the root of the file system.
		FSConfig: wazero.NewFSConfig(),
		Stdout:   io.Discard,
		Stderr:   io.Discard,
	})
	if err != nil {
		if cache != nil {
			_ = cache.Close(ctx) // the first error says more
		}
		return nil, nil, nil, fmt.Errorf("compile pdfium: %w", err)
	}
	return finder, pool, cache, nil
}

func closeAll(ctx context.Context, pool pdfium.Pool, cache wazero.CompilationCache) error {
	err := pool.Close()
	if cache != nil {
		if cerr := cache.Close(ctx); err == nil {
			err = cerr
		}
	}
	return err
}
