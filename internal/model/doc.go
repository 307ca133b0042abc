// Package model asks a language model: any server that speaks the chat
// completions API of OpenAI, at an address that the operator has chosen. What
// comes back is text that somebody else has written; whoever asks checks it.
package model
