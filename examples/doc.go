// Package examples holds programs that use the toolkit, each a module of its
// own. Its tests build and run each as a user would: in a folder of its own,
// outside any workspace, with the modules of this repository as a proxy serves
// them and no replace directive.
package examples
