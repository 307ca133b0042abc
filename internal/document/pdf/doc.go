// Package pdf reads PDF files with PDFium compiled to WebAssembly.
//
// PDFium's functions are called directly, without the per-character wrappers
// of its Go binding: those cost one round trip of bookkeeping for each letter.
// A file that brings the engine down brings down nothing but the engine; the
// caller replaces it, best together with its process.
package pdf
