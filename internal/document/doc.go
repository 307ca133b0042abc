// Package document is the parsed document: the record of a page as it was
// read, and the structure that is built from all pages' records.
package document
