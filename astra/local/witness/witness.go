// Package witness tests the embedded Astra with the official clients for Python
// and TypeScript, which call it over HTTP from scripts below testdata. They are pinned, and installed once below
// .killrvideo. Nothing else of this repository may be used by the scripts.
package witness
