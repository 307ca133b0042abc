// Package sandbox decodes untrusted documents in child processes of this very
// binary. A Pool keeps a fixed number of children warm and gives each request
// one of them; the child reads a document or builds its structure and answers
// in frames over its pipes. The parent holds the deadlines, the memory limit
// and the right to kill, because a process that is stuck in a decoder cannot
// be trusted to stop itself.
package sandbox
