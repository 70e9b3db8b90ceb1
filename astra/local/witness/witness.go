// Package witness holds the embedded Astra to what others expect of Astra: the
// official clients for Python and TypeScript drive it over HTTP, each with a
// script of its own below testdata. They are pinned, and installed once below
// .killrvideo. Nothing else of this repository may be used by the scripts.
package witness
