package provider

import "fmt"

// notImported refuses the import of a resource that cannot be read from its id.
func notImported(what, id, why, instead string) error {
	return fmt.Errorf("import the %s %s: it cannot be imported: %s; %s", what, id, why, instead)
}
